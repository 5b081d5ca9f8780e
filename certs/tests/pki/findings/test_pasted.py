"""Commands of findings, pasted into a shell: they succeed and show the thing."""

import asyncio
import re
import subprocess
from dataclasses import replace

import pytest

from certs.pki.demo.servers import make_context, speak_tls
from certs.pki.findings import Finding
from certs.pki.starttls import StartTLS
from certs.tests.pki.building import make_wish
from certs.tests.pki.deep.real import openssl_server
from certs.tests.pki.programs import program
from certs.tests.pki.serving import serving, serving_tls

pytestmark = pytest.mark.slow

WEAK = ("-cipher", "ALL:@SECLEVEL=0")


@pytest.fixture
def identity(authority):
    return authority.issue(make_wish(key_kind="rsa-2048"))


def paste(finding, target):
    """Return what the command of a finding prints; it succeeds as a whole."""
    line = finding.command(
        target.host,
        target.port,
        server_name=target.server_name,
        starttls=target.starttls.value,
    )
    program(line.split()[0])
    done = subprocess.run(
        [program("bash"), "-o", "pipefail", "-c", line],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, (line, done.stderr)
    return done.stdout


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("expired", r"notBefore=May  3 .*\nnotAfter=Aug  1 .* 2026 GMT"),
        ("name-mismatch", r"DNS:www\.example\.test"),
        ("weak-signature", r"Signature Algorithm: ecdsa-with-SHA256"),
        ("duplicate-serial", r"issuer=CN ?= ?Test Issuing CA\nserial=[0-9A-F]+"),
        ("shared-key", r"-----BEGIN PUBLIC KEY-----"),
        ("nodes-differ", r"(?i)sha256 Fingerprint=([0-9A-F]{2}:){31}"),
        ("missing-intermediate", r"(?s)(-----BEGIN CERTIFICATE-----.*){2}"),
        ("wrong-order", r"(?s) 0 s:CN ?= ?www.* 1 s:CN ?= ?Test Issuing CA"),
        ("no-tls13", r"New, TLSv1\.3, Cipher is TLS_"),
        ("no-forward-secrecy", r"New, TLSv1\.2, Cipher is ECDHE-"),
        ("insecure-renegotiation", r"Secure Renegotiation IS supported"),
        ("compression", r"Compression: NONE"),
    ],
)
def test_what_a_usual_server_has_is_seen(code, shown, identity):
    with serving_tls(identity) as target:
        assert re.search(shown, paste(Finding(code=code), target))


@pytest.mark.parametrize(
    ("version", "flag"), [("TLSv1", "-tls1"), ("TLSv1.1", "-tls1_1")]
)
def test_an_old_version_is_seen(version, flag, identity, tmp_path):
    finding = Finding(code="old-protocol", about={"version": version})

    with openssl_server(identity, tmp_path, flag, *WEAK) as target:
        shown = paste(finding, target)

    assert re.search(rf"Protocol *: {re.escape(version)}\n", shown)


@pytest.mark.parametrize("cipher", ["AES128-SHA", "NULL-SHA256", "AECDH-AES128-SHA"])
def test_a_weak_suite_is_seen(cipher, identity, tmp_path):
    about = {"version": "TLSv1.2", "cipher": cipher}

    with openssl_server(
        identity, tmp_path, "-tls1_2", "-cipher", "ALL:NULL:@SECLEVEL=0"
    ) as target:
        shown = paste(Finding(code="weak-cipher", about=about), target)

    assert f"Cipher is {cipher}\n" in shown


def test_a_weak_prime_is_seen(identity, tmp_path):
    parameters = tmp_path / "dh.pem"
    group = ("-genparam", "-algorithm", "DH", "-pkeyopt", "group:modp_1536")
    command = [program("openssl"), "genpkey", *group, "-out", parameters]
    subprocess.run(command, check=True, capture_output=True)

    with openssl_server(
        *(identity, tmp_path, "-tls1_2", "-dhparam", parameters),
        *("-cipher", "DHE:@SECLEVEL=0"),
    ) as target:
        shown = paste(Finding(code="weak-dh"), target)

    assert "Server Temp Key: DH, 1536 bits" in shown


def test_the_headers_are_asked_for_where_the_check_was(identity):
    """The name leads nowhere; its server is the one that was connected to."""
    with serving_tls(identity) as target:
        shown = paste(Finding(code="no-hsts"), target)
        bare = paste(Finding(code="no-hsts"), replace(target, server_name=""))

    for headers in (shown, bare):
        assert headers.startswith("HTTP/1.1 200 OK")
        assert "strict-transport-security" not in headers.lower()


def test_a_mail_server_is_asked_for_starttls(identity):
    tls = speak_tls(make_context(identity))

    async def mail(connection):
        """Greet as SMTP does, whoever says EHLO (RFC 3207)."""
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(connection, b"220 mail.example.test\r\n")
        while not (await loop.sock_recv(connection, 999)).startswith(b"STARTTLS"):
            await loop.sock_sendall(connection, b"250-mail\r\n250 STARTTLS\r\n")
        await loop.sock_sendall(connection, b"220 go ahead\r\n")
        await tls(connection)

    with serving(mail) as bound:
        target = replace(bound, starttls=StartTLS.SMTP)
        shown = paste(Finding(code="name-mismatch"), target)

    assert "DNS:www.example.test" in shown
