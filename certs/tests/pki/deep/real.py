"""Real servers for deep checks: `openssl s_server` and nginx, in a process each."""

import contextlib
import socket
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from certs.pki.demo.background import bind
from certs.pki.tls import Target
from certs.tests.pki.programs import program

PATIENCE_SECONDS = 10


def write_identity(identity, folder):
    """Write key and chain to one file, which is both to a server."""
    path = Path(folder, "identity.pem")
    chain = "".join(map(ssl.DER_cert_to_PEM_cert, identity.chain))
    path.write_text(chain + identity.key_pem.decode())
    return path


@contextlib.contextmanager
def openssl_server(identity, folder, *options):
    """Yield the target of an `openssl s_server` that answers GET as a web server."""
    pem = write_identity(identity, folder)
    port = free_port()
    command = [program("openssl"), "s_server", "-accept", f"127.0.0.1:{port}"]
    command += ["-cert", pem, "-cert_chain", pem, "-key", pem, "-quiet", *options]
    with running(command, port) as target:
        yield target


@contextlib.contextmanager
def nginx(identity, folder, *directives):
    """Yield the target of an nginx with the given directives in its server block."""
    pem = write_identity(identity, folder)
    port = free_port()
    temporary = " ".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    Path(folder, "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log stderr;"
        f"events {{}} http {{ access_log off; {temporary}"
        f" server {{ listen 127.0.0.1:{port} ssl;"
        f" ssl_certificate {pem}; ssl_certificate_key {pem};"
        f" {' '.join(directives)} }} }}"
    )
    command = [program("nginx"), "-p", folder, "-c", Path(folder, "nginx.conf")]
    with running([*command, "-e", "stderr"], port) as target:
        yield target


@contextlib.contextmanager
def running(command, port):
    nothing = subprocess.DEVNULL
    with subprocess.Popen(
        command, stdin=nothing, stdout=nothing, stderr=nothing
    ) as process:
        try:
            wait_until_it_listens(process, port)
            yield Target(host="127.0.0.1", port=port, server_name="www.example.test")
        finally:
            process.terminate()


def wait_until_it_listens(process, port):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.02)
    pytest.fail(f"The server does not listen: {process.args}")


def free_port():
    with bind("127.0.0.1", 0) as bound:
        return bound.getsockname()[1]


def accepted_by_s_client(target, version, suites):
    """Return which of OpenSSL's suites `openssl s_client` can agree on, one by one."""
    flag = {"TLSv1.2": "-tls1_2", "TLSv1.1": "-tls1_1", "TLSv1": "-tls1"}[version]
    return {
        suite
        for suite in suites
        if shakes_hands(target, flag, "-cipher", f"{suite}:@SECLEVEL=0")
    }


def shakes_hands(target, *options):
    place = f"{target.host}:{target.port}"
    done = subprocess.run(
        [program("openssl"), "s_client", "-connect", place, *options],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    return done.returncode == 0


def openssl_suites():
    """Return the suites up to TLS 1.2 that OpenSSL can agree on with an RSA key."""
    wanted = "ALL:eNULL:!PSK:!SRP:!aDSS:!aECDSA:@SECLEVEL=0"
    command = [program("openssl"), "ciphers", "-tls1_2", "-s", wanted]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return [name for name in done.stdout.strip().split(":") if name[:4] != "TLS_"]
