"""What holds for every protocol: consent, silence, lies and the end of a connection."""

import asyncio

import pytest

from certs.pki.starttls import StartTLS
from certs.tests.pki.building import make_wish
from certs.tests.pki.starttls.conversations import YES, Hears, meet, stay, tls_of

ALL = sorted(YES)
SAYINGS = [
    pytest.param(protocol, number, id=f"{protocol}-{number}")
    for protocol in ALL
    for number, part in enumerate(YES[protocol])
    if not isinstance(part, Hears)
]
PLACES = [
    pytest.param(protocol, number, id=f"{protocol}-{number}")
    for protocol in ALL
    for number in range(len(YES[protocol]))
]


def test_every_protocol_has_a_conversation():
    assert {*YES, StartTLS.NONE} == set(StartTLS)


@pytest.mark.parametrize("is_cut", [False, True], ids=["whole", "octet by octet"])
@pytest.mark.parametrize("protocol", ALL)
def test_tls_begins_when_it_is_asked_for(protocol, is_cut, authority):
    identity = authority.issue(make_wish())

    result = meet(protocol, *YES[protocol], then=tls_of(identity), is_cut=is_cut)

    assert (result.error_code, result.error_text) == ("", "")
    assert result.chain == identity.chain
    assert result.tls_version == "TLSv1.3"


@pytest.mark.parametrize("extra", [b"\x16\x03\x03\x00\x04", b"250 injected\r\n"])
@pytest.mark.parametrize("protocol", ALL)
def test_what_is_sent_behind_the_consent_is_refused(protocol, extra):
    script = list(YES[protocol])
    last = max(n for n, part in enumerate(script) if not isinstance(part, Hears))
    script[last] += extra

    result = meet(protocol, *script, then=stay)

    assert result.error_code == "starttls_error"
    assert result.error_text.startswith(
        "The server sent more than its consent before TLS began: “"
    )
    assert result.chain == ()


@pytest.mark.parametrize(("protocol", "end"), PLACES)
def test_a_server_may_hang_up_anywhere(protocol, end):
    result = meet(protocol, *YES[protocol][:end])

    assert result.error_code in {"closed", "reset"}
    assert result.error_text in {
        "The server closed the connection before TLS began.",
        "The server reset the connection.",
    }


@pytest.mark.parametrize(("protocol", "number"), SAYINGS)
def test_nonsense_is_told_with_an_excerpt(protocol, number):
    nonsense = b"\x01\x1b[31mnonsense>\r\n" + b"x" * 99

    result = meet(protocol, *YES[protocol][:number], nonsense, then=stay)

    assert result.error_code == "starttls_error"
    assert result.error_text.isprintable()
    assert len(result.error_text) < 120


@pytest.mark.parametrize(
    "octets",
    [b"1", b"\r\n", b"220-x\r\n", b"* x\r\n", b'"x"\r\n', b"NOTICE\r\n", b"<x>"],
)
@pytest.mark.parametrize("protocol", ALL)
def test_nobody_is_listened_to_for_ever(protocol, octets):
    result = meet(protocol, octets * 70_000, then=stay)

    assert result.error_code == "starttls_error"


@pytest.mark.parametrize("protocol", ALL)
def test_silence_is_a_timeout_that_says_where(protocol):
    result = meet(protocol, then=stay, timeout=0.1)

    assert result.error_code == "timeout"
    assert result.error_text == "No answer within 0.1 s while asking for STARTTLS."
    assert result.address == "127.0.0.1"


def test_consent_that_no_tls_follows_is_told():
    async def think_again(connection):
        loop = asyncio.get_running_loop()
        await loop.sock_recv(connection, 4096)
        await loop.sock_sendall(connection, b"454 not now\r\n")
        await stay(connection)

    result = meet(StartTLS.SMTP, *YES[StartTLS.SMTP], then=think_again)

    assert result.error_code == "not_tls"
    assert result.error_text.endswith("it answered “454 not now”.")
