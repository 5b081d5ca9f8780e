"""The one HTTP request of a deep check."""

import ssl
from functools import partial

import pytest

from certs.pki.deep import hsts
from certs.pki.demo import servers
from certs.tests.pki.building import make_wish
from certs.tests.pki.deep.asking import check
from certs.tests.pki.serving import serving

YEAR = 31536000


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("max-age=31536000", YEAR),
        ("max-age=31536000; includeSubDomains; preload", YEAR),
        ('includeSubDomains; Max-Age = "31536000" ', YEAR),
        ("max-age=0", 0),
        ("max-age=-1", None),
        ("max-age=" + "9" * 40, None),
        ("includeSubDomains", None),
        ("", None),
    ],
)
def test_max_age_is_read_as_the_rfc_says(value, seconds):
    head = f"HTTP/1.1 200 OK\r\nstrict-TRANSPORT-security: {value}\r\n\r\n"

    assert hsts.max_age(head) == seconds


def test_the_first_header_counts():
    head = "HTTP/1.1 200 OK\r\n" + "".join(
        f"Strict-Transport-Security: max-age={n}\r\n" for n in (5, 6)
    )

    assert hsts.max_age(head) == 5
    assert hsts.max_age("HTTP/1.1 200 OK\r\nServer: x\r\n\r\n") is None


class Speaker:
    """A TLS server that says `reply` to the first request, or at once."""

    def __init__(self, identity, reply, *, speaks_first=False, goes_on=False):
        self.context = servers.make_context(identity)
        self.reply = reply
        self.speaks_first, self.goes_on = speaks_first, goes_on
        self.requests = []

    async def __call__(self, connection):
        conversation = servers._Conversation(connection, self.context)
        await conversation._do(conversation._tls.do_handshake)
        if not self.speaks_first:
            read = partial(conversation._tls.read, 9999)
            self.requests.append(await conversation._do(read))
        await conversation._do(partial(conversation._tls.write, self.reply))
        while self.goes_on:
            await conversation._do(partial(conversation._tls.write, self.reply))
        if not self.speaks_first:
            await conversation._do(conversation._tls.unwrap)
        await servers.never_answer(connection)


def check_speaker(authority, reply, **options):
    speaker = Speaker(authority.issue(make_wish()), reply, **options)
    with serving(speaker) as target:
        return check(target, timeout=1.0), speaker


def test_a_web_server_is_asked_for_its_headers_only(authority):
    reply = b"HTTP/1.1 301 Moved\r\nStrict-Transport-Security: max-age=63\r\n\r\n"

    result, speaker = check_speaker(authority, reply)

    assert (result.speaks_http, result.hsts_max_age) == (True, 63)
    assert len(speaker.requests) == 1
    lines = speaker.requests[0].decode().split("\r\n")
    assert lines[:2] == ["HEAD / HTTP/1.1", "Host: www.example.test"]
    assert "Connection: close" in lines


def test_a_web_server_without_the_header_has_no_age(authority):
    result, _speaker = check_speaker(authority, b"HTTP/1.0 200 OK\r\n\r\n")

    assert (result.speaks_http, result.hsts_max_age) == (True, None)


def test_a_server_that_greets_in_another_protocol_is_not_waited_for(authority):
    result, _speaker = check_speaker(authority, b"* OK IMAP\r\n", speaks_first=True)

    assert (result.speaks_http, result.hsts_max_age) == (False, None)


def test_a_response_that_is_cut_short_is_read_as_far_as_it_came(authority):
    reply = b"HTTP/1.1 200 OK\r\nStrict-Transport-Security: max-age=5\r\nX"

    result, _speaker = check_speaker(authority, reply)

    assert (result.speaks_http, result.hsts_max_age) == (True, 5)


def test_endless_headers_are_cut_off(authority):
    reply = b"HTTP/1.1 200 OK\r\n" + b"X-Filler: 0123456789\r\n" * 400

    result, _speaker = check_speaker(authority, reply, goes_on=True)

    assert (result.speaks_http, result.hsts_max_age) == (True, None)


def test_a_server_that_is_silent_after_the_handshake_is_no_web_server(authority):
    async def shake_hands(connection):
        context = servers.make_context(authority.issue(make_wish()))
        conversation = servers._Conversation(connection, context)
        await conversation._do(conversation._tls.do_handshake)
        await servers.never_answer(connection)

    with serving(shake_hands) as target:
        result = check(target, timeout=0.3)

    assert result.speaks_http is None
    assert result.versions == ("TLSv1.3", "TLSv1.2")


def test_the_ports_of_other_protocols_get_no_request(authority, monkeypatch):
    speaker = Speaker(authority.issue(make_wish()), b"HTTP/1.1 200 OK\r\n\r\n")

    with serving(speaker) as target:
        monkeypatch.setattr(
            "certs.pki.deep.questions._NOT_HTTP", frozenset({target.port})
        )
        result = check(target)

    assert result.speaks_http is None
    assert speaker.requests == []


@pytest.mark.parametrize("name", [".example.test", "a" * 64 + ".test", "::1"])
def test_names_that_cannot_be_sent_leave_the_rest(authority, name):
    identity = authority.issue(make_wish())
    handler = servers.speak_tls(servers.make_context(identity))

    with serving(handler) as target:
        result = check(
            type(target)(host="127.0.0.1", port=target.port, server_name=name)
        )

    assert result.versions == ("TLSv1.3", "TLSv1.2")
    assert result.speaks_http is (True if name == "::1" else None)


def test_an_endless_handshake_is_cut_off(monkeypatch, authority):
    monkeypatch.setattr(hsts, "MAX_BYTES", 100)
    identity = authority.issue(make_wish())

    with serving(servers.speak_tls(servers.make_context(identity))) as target:
        result = check(target)

    assert result.speaks_http is None


def test_an_old_version_is_spoken_for_the_header_too(authority):
    context = servers.make_context(
        authority.issue(make_wish()), maximum_version=ssl.TLSVersion.TLSv1_2
    )

    with serving(servers.speak_tls(context)) as target:
        result = check(target)

    assert result.speaks_http is True
