"""The demo's servers behave as their names say."""

import contextlib
import socket
import ssl
import tempfile
import threading
from pathlib import Path

import pytest

from certs.pki.demo import servers
from certs.pki.demo.background import Servers, bind
from certs.tests.pki.building import make_wish
from certs.tests.pki.serving import serving, serving_tls

# X509_V_FLAG_NO_CHECK_TIME: the certificates of tests have their own time.
NO_CHECK_TIME = 0x200000
REQUEST = b"GET / HTTP/1.1\r\nHost: www.example.test\r\n\r\n"


def connect(target):
    return socket.create_connection((target.host, target.port), timeout=2)


def everything(connection):
    received = b""
    while data := connection.recv(4096):
        received += data
    return received


def test_a_client_that_trusts_the_root_gets_a_page(authority):
    client = ssl.create_default_context(cadata=authority.root.der)
    client.verify_flags |= NO_CHECK_TIME

    with (
        serving_tls(authority.issue(make_wish())) as target,
        connect(target) as plain,
        client.wrap_socket(plain, server_hostname="www.example.test") as connection,
    ):
        connection.sendall(REQUEST)
        page = everything(connection)

    assert page.startswith(b"HTTP/1.1 200 OK\r\n")
    assert page.endswith(b"This server is part of a demo.\n")


def test_a_request_without_tls_is_answered_without_tls():
    with serving(servers.speak_plain_http) as target, connect(target) as connection:
        connection.sendall(REQUEST)
        page = everything(connection)

    assert page.startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_mail_server_waits_for_the_commands_of_mail(authority):
    context = servers.make_context(authority.issue(make_wish()))

    with serving(servers.speak_smtp(context)) as target, connect(target) as connection:
        greeting = connection.recv(100)
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")

        assert greeting.startswith(b"220 ")
        assert everything(connection) == b""


def test_a_client_that_hangs_up_does_not_stop_the_server(authority):
    with serving_tls(authority.issue(make_wish())) as target:
        connect(target).close()
        with connect(target) as connection:
            connection.sendall(b"no handshake at all\r\n")
            assert everything(connection)[:2] in {b"\x15\x03", b""}


def test_a_client_that_says_nothing_after_the_handshake_is_let_go(authority):
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE

    with (
        serving_tls(authority.issue(make_wish())) as target,
        connect(target) as plain,
        client.wrap_socket(plain) as connection,
    ):
        connection.unwrap()


def test_no_key_stays_on_disk(tmp_path, monkeypatch, authority):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    servers.make_context(authority.issue(make_wish()))

    assert list(Path(tmp_path).iterdir()) == []


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_bound_port_is_refused_until_it_is_served(address):
    with bind(address, 0) as bound:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(bound.getsockname()[:2], timeout=2)
        with (
            Servers([(bound, servers.close_at_once)]),
            socket.create_connection(bound.getsockname()[:2], timeout=2),
        ):
            pass


def test_a_port_that_is_taken_is_an_error():
    with bind("127.0.0.1", 0) as bound:
        bound.listen()
        with pytest.raises(OSError, match="in use"):
            bind("127.0.0.1", bound.getsockname()[1])


def test_the_end_closes_idle_connections_and_leaves_no_thread():
    before = threading.enumerate()

    with serving(servers.never_answer) as target:
        idle = connect(target)
        idle.sendall(b"hello")

    with idle, contextlib.suppress(ConnectionResetError):
        assert idle.recv(1) == b""
    assert threading.enumerate() == before
