"""Handshakes that fail, and how each failure is told."""

import asyncio
import contextlib
import ssl

import pytest

from certs.pki import handshake, tls
from certs.pki.demo import servers
from certs.tests.pki.building import make_wish
from certs.tests.pki.serving import probe, serving, serving_tls


def answer(data, *, and_wait=False):
    """Return a handler that answers the first bytes with `data`."""

    async def handle(connection):
        loop = asyncio.get_running_loop()
        await loop.sock_recv(connection, 4096)
        await loop.sock_sendall(connection, data)
        if and_wait:
            await servers.never_answer(connection)

    return handle


def test_a_server_that_says_nothing_times_out():
    with serving(servers.never_answer) as target:
        result = probe(target, timeout=0.1)

    assert result.error_code == "timeout"
    assert result.error_text == "No answer within 0.1 s while shaking hands."
    assert result.address == "127.0.0.1"


def test_a_closed_connection_is_told_from_a_reset_one():
    with serving(servers.close_at_once) as target:
        closed = probe(target)
    with serving(servers.reset_at_once) as target:
        reset = probe(target)

    assert closed.error_code == "closed"
    assert closed.error_text == "The server closed the connection in the handshake."
    assert reset.error_code == "reset"
    assert reset.error_text == "The server reset the connection."


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (40, "handshake_failure"),
        (70, "protocol_version"),
        (112, "unrecognized_name"),
        (200, "unknown"),
    ],
)
def test_an_alert_is_named(number, name):
    with serving(servers.send_alert(number)) as target:
        result = probe(target)

    assert result.error_code == f"alert_{number}"
    assert result.error_text == (
        f"The server ended the handshake with alert {number} ({name})."
    )


def test_a_warning_before_the_end_is_what_the_end_meant():
    warning = bytes((21, 3, 3, 0, 2, 1, 112))

    with serving(answer(warning)) as target:
        result = probe(target)

    assert result.error_code == "alert_112"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (
            b"HTTP/1.1 400 Bad Request\r\n\r\n",
            "The server answered in plain HTTP: “HTTP/1.1 400 Bad Request”.",
        ),
        (
            b"SSH-2.0-OpenSSH_9.2\r\nmore",
            "The server does not speak TLS here; it answered “SSH-2.0-OpenSSH_9.2”.",
        ),
        (
            b"220 \x1b[31mmail\x00.example " + b"x" * 100,
            "The server does not speak TLS here;"
            " it answered “220 .[31mmail..example " + "x" * 17 + "”.",
        ),
        (
            b"\r\n\r\n",
            "The server does not speak TLS here; it answered with an empty line.",
        ),
        (
            b"\x16\x80binary",
            "The server does not speak TLS here; it answered “..binary”.",
        ),
    ],
)
def test_another_protocol_is_told_with_an_excerpt(data, text):
    with serving(answer(data, and_wait=True)) as target:
        result = probe(target)

    assert result.error_code == "not_tls"
    assert result.error_text == text


def test_nonsense_in_a_tls_record_is_a_tls_error():
    nonsense = bytes((22, 3, 3, 0, 4, 99, 0, 0, 0))

    with serving(answer(nonsense, and_wait=True)) as target:
        result = probe(target)

    assert result.error_code == "tls_error"
    assert result.error_text == "The TLS handshake failed: unexpected message."


def test_an_endless_handshake_is_cut_off(monkeypatch, authority):
    monkeypatch.setattr(handshake, "MAX_HANDSHAKE_BYTES", 100)

    with serving_tls(authority.issue(make_wish())) as target:
        result = probe(target)

    assert result.error_code == "tls_error"
    assert result.error_text == "The server sent more than 1 MiB in the handshake."


@pytest.mark.parametrize("name", [".example.test", "a" * 64 + ".test"])
def test_a_server_name_that_cannot_be_sent_is_a_result(name):
    with serving(servers.never_answer) as target:
        result = probe(tls.Target(host="127.0.0.1", port=target.port, server_name=name))

    assert result.error_code == "tls_error"
    assert result.error_text == "The server name is not one that TLS can send."


def tls_1_2_without_its_end(identity):
    """Return a handler that forwards a TLS 1.2 server's first flight, then stalls."""
    context = servers.make_context(
        identity,
        maximum_version=ssl.TLSVersion.TLSv1_2,
        client_root=identity.issuer.der,
    )

    async def handle(connection):
        loop = asyncio.get_running_loop()
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        server = context.wrap_bio(incoming, outgoing, server_side=True)
        incoming.write(await loop.sock_recv(connection, 4096))
        with contextlib.suppress(ssl.SSLWantReadError):
            server.do_handshake()
        for octet in outgoing.read():
            await loop.sock_sendall(connection, bytes((octet,)))
        await servers.never_answer(connection)

    return handle


def test_a_chain_is_kept_although_the_handshake_never_ends(authority):
    identity = authority.issue(make_wish())

    with serving(tls_1_2_without_its_end(identity)) as target:
        result = probe(target, timeout=0.2)

    assert result.error_code == "timeout"
    assert result.chain == identity.chain
    assert result.tls_version == "TLSv1.2"
    assert result.latency_ms is None
