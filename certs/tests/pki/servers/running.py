"""Real servers as Debian packages them, each for the length of a `with` block."""

import contextlib
import getpass
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time

import pytest

from certs.pki.demo.background import bind
from certs.pki.target import Target
from certs.tests.pki.serving import probe

PATIENCE_SECONDS = 30


def user(name):
    """Return who is to run a server: `name` if we are root, or else ourselves."""
    return name if os.geteuid() == 0 else getpass.getuser()


def group_of(name):
    """Return the name of a user's own group."""
    return grp.getgrgid(pwd.getpwnam(name).pw_gid).gr_name


def free_port():
    with bind("127.0.0.1", 0) as bound:
        return bound.getsockname()[1]


def give(home, owner):
    """Make `owner` the owner of a folder and of all in it, if we are root."""
    if os.geteuid() == 0:
        for path in (home, *home.rglob("*")):
            shutil.chown(path, owner)


@contextlib.contextmanager
def running(arguments, *, ports, home, owner=None, **environment):
    """Run a server in the foreground; the block begins when all ports are open."""
    with (home / "output").open("wb") as output:
        process = subprocess.Popen(
            list(map(str, arguments)),
            cwd=home,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            user=owner,
            group=owner and group_of(owner),
            start_new_session=True,
        )
    try:
        for port in ports:
            _wait_for(port, process, home)
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for(port, process, home):
    limit = time.monotonic() + PATIENCE_SECONDS
    while True:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        if process.poll() is not None or time.monotonic() > limit:
            said = (home / "output").read_text(errors="replace")
            pytest.fail(f"The server does not open port {port}: {said}")
        time.sleep(0.05)


def check(port, protocol):
    """Return what a probe of a server here shows."""
    target = Target(
        host="127.0.0.1", port=port, server_name="www.example.test", starttls=protocol
    )
    return probe(target, timeout=20)


def assert_read(result, identity):
    """The chain came, over TLS 1.2 or 1.3."""
    assert (result.error_code, result.error_text) == ("", "")
    assert result.chain == identity.chain
    assert result.tls_version in {"TLSv1.2", "TLSv1.3"}
    assert result.key_exchange
