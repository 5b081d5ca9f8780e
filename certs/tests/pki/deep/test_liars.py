"""Deep checks of servers that fail, lie, or never end."""

import asyncio
import dataclasses
import socket

import pytest

from certs.pki.demo import servers
from certs.pki.demo.background import bind
from certs.pki.guard import Guard
from certs.pki.suites import TLS10, TLS12, TLS13
from certs.tests.pki.deep.asking import check, check_fake
from certs.tests.pki.deep.fake import (
    MODERN,
    Fake,
    alert,
    extension,
    message,
    record,
    server_hello,
    vector,
)
from certs.tests.pki.serving import serving

ECDHE_RSA_AES128_GCM = 0xC02F


def saying(data, *, then_close=True):
    """Return a handler that answers anything with `data`."""

    async def handle(connection):
        loop = asyncio.get_running_loop()
        await loop.sock_recv(connection, 65536)
        await loop.sock_sendall(connection, data)
        if not then_close:
            await servers.never_answer(connection)

    return handle


def flight(*messages, version=TLS12):
    return record(22, b"".join(messages), version=version)


@pytest.mark.parametrize(
    ("handler", "code"),
    [
        (servers.close_at_once, "closed"),
        (servers.reset_at_once, "closed"),
        (servers.send_alert(40), "alert_40"),
        (servers.send_alert(70), "alert_70"),
        (servers.speak_plain_http, "not_tls"),
        (saying(b"220 mail.example ESMTP\r\n"), "not_tls"),
        (saying(b"\x80\x80\x80\x80\x80\x80\x80\x80"), "not_tls"),
    ],
)
def test_a_server_that_agrees_to_nothing_has_a_reason(handler, code):
    with serving(handler) as target:
        result = check(target)

    assert result.error_code == code
    assert result.error_text.endswith(".")
    assert not result.is_complete
    assert result.versions == ()
    assert result.connections <= 6


def test_a_silent_server_is_asked_twice():
    with serving(servers.never_answer) as target:
        result = check(target, timeout=0.1)

    assert result.error_code == "timeout"
    assert result.connections == 2


def test_a_refused_connection_is_a_result():
    with serving(servers.never_answer) as target:
        pass
    with bind("127.0.0.1", 0) as bound:
        target = dataclasses.replace(target, port=bound.getsockname()[1])
        result = check(target)

    assert result.error_code == "refused"
    assert result.address == ""
    assert result.connections == 0


def test_the_guard_is_asked_before_the_first_connection():
    fake = Fake(suites=MODERN)

    result = check_fake(fake, guard=Guard())

    assert result.error_code == "not_allowed"
    assert fake.connections == 0


def test_a_server_that_falls_silent_in_between_is_asked_twice_and_for_headers():
    class Tired(Fake):
        def answer(self, data):
            answer = super().answer(data)
            return answer if self.connections < 5 else b""

    result = check_fake(Tired(suites=MODERN), timeout=1.0)

    assert result.connections == 7
    assert not result.is_complete
    assert result.versions
    assert result.error_code == ""


@pytest.mark.parametrize("silent", [4, 7])
def test_one_silence_in_between_is_forgiven_but_told(silent):
    class Absent(Fake):
        def answer(self, data):
            answer = super().answer(data)
            return answer if self.connections != silent else b""

    result = check_fake(Absent(suites=MODERN), timeout=1.0)

    assert result.versions == ("TLSv1.3", "TLSv1.2")
    assert not result.is_complete


@pytest.mark.parametrize(
    "answer",
    [
        server_hello(TLS12, 0x1301),
        server_hello(TLS13, ECDHE_RSA_AES128_GCM),
        server_hello(TLS12, 0x5600),
    ],
)
def test_a_choice_that_was_not_offered_ends_the_check(answer):
    with serving(saying(flight(answer))) as target:
        result = check(target)

    assert result.error_code == "tls_error"
    assert "not offered" in result.error_text
    assert result.connections == 1


def test_tls_1_3_with_an_old_answer_is_a_lie():
    class Liar(Fake):
        def version_for(self, hello):
            if hello.version == TLS13:
                return TLS12
            return super().version_for(hello)

    fake = Liar(suites={TLS12: [*MODERN[TLS12], *MODERN[TLS13]]})

    result = check_fake(fake)

    assert result.error_code == "tls_error"
    assert result.versions == ("TLSv1.2",)


def test_a_server_that_repeats_itself_does_not_keep_us():
    hello = server_hello(TLS12, ECDHE_RSA_AES128_GCM)

    with serving(saying(flight(hello, message(14, b"")))) as target:
        result = check(target)

    assert result.error_code == "tls_error"
    assert result.connections <= 3


@pytest.mark.parametrize(
    "data",
    [
        flight(server_hello(TLS12, 0xC02F)[:20]),
        flight(message(2, b"\x03\x03")),
        flight(message(11, b"")),
        flight(message(2, b"\x03\x03" + b"\x07" * 32 + b"\xff")),
        flight(server_hello(TLS12, 0xC02F, extensions=b"\xff\x01\x00\x09\x00")),
        flight(server_hello(TLS12, 0xC02F, extensions=extension(43, b"\x03"))),
        flight(server_hello(TLS12, 0xC02F), message(12, b"\x03")),
        flight(server_hello(TLS12, 0x009E), message(12, b"\x09\x00")),
        flight(b"\x02\xff\xff\xff"),
        record(21, b""),
        record(21, b"\x02"),
        record(23, b"\x00" * 40),
        b"\x16",
        b"\x16\x03\x03\xff\xff" + b"\x02\x00\x00\x00" * 100,
        b"\x16\x04\x03\x00\x01\x02",
        b"\x80\x01",
        alert(112, level=1),
        alert(0, level=1),
    ],
)
@pytest.mark.parametrize("then_close", [True, False])
def test_broken_answers_are_results(data, then_close):
    with serving(saying(data, then_close=then_close)) as target:
        result = check(target, timeout=0.1)

    assert result.error_code
    assert not result.is_complete
    assert result.connections <= 6


@pytest.mark.parametrize(
    "piece",
    [
        record(21, b"\x01\x70"),
        record(20, b"\x01"),
        record(22, b""),
        flight(server_hello(TLS12, 0xC02F)) + record(22, message(11, b"\x00" * 9000)),
        b"\x16\x03\x03\x40\x00" + b"\x00" * 3,
    ],
)
def test_an_endless_talker_is_cut_off(piece):
    async def talk(connection):
        loop = asyncio.get_running_loop()
        await loop.sock_recv(connection, 65536)
        while True:
            await loop.sock_sendall(connection, piece * 2000)

    with serving(talk) as target:
        result = check(target, timeout=2.0)

    assert not result.is_complete or result.error_code == ""
    assert result.connections <= 12


def test_a_dripping_server_is_bounded_by_time():
    async def drip(connection):
        loop = asyncio.get_running_loop()
        await loop.sock_recv(connection, 65536)
        while True:
            await loop.sock_sendall(connection, b"\x14\x03\x03\x00\x01\x01"[:1])
            await asyncio.sleep(0.02)

    with serving(drip) as target:
        result = check(target, timeout=0.1)

    assert result.error_code in {"timeout", "not_tls"}


def test_an_answer_in_single_bytes_is_the_same_answer():
    class Stutterer(Fake):
        async def __call__(self, connection):
            self.connections += 1
            self.most_at_once = 1
            loop = asyncio.get_running_loop()
            data = await loop.sock_recv(connection, 65536)
            for octet in self.answer(data) if data else b"":
                await loop.sock_sendall(connection, bytes((octet,)))
            await loop.sock_recv(connection, 65536)

    suites = {TLS12: ["DHE-RSA-AES128-SHA"], TLS10: ["DHE-RSA-AES128-SHA"]}

    result = check_fake(Stutterer(suites=suites, has_ssl2=True))

    assert result.versions == ("TLSv1.2", "TLSv1", "SSLv2")
    assert result.dh_bits == 2048


def test_a_key_exchange_that_never_comes_leaves_the_hello():
    hello = server_hello(TLS12, ECDHE_RSA_AES128_GCM)
    certificate = message(11, vector(3, b""))

    with serving(saying(flight(hello, certificate) + alert(80))) as target:
        result = check(target)

    assert result.versions == ("TLSv1.2",)


def test_the_first_address_that_answers_is_asked_to_the_end(monkeypatch):
    lookups = []

    def getaddrinfo(host, port, *rest, **options):
        lookups.append(host)
        return [(0, 0, 0, "", (address, 0)) for address in ("::1", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    fake = Fake(suites=MODERN)

    with serving(fake) as target:
        result = check(dataclasses.replace(target, host="two.example.test"))

    assert result.address == "127.0.0.1"
    assert result.connections == fake.connections
    assert result.is_complete
    assert lookups == ["two.example.test"]
