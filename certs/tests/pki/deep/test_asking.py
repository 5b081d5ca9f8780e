"""Whom a deep check asks: STARTTLS, several addresses, and where it may not go."""

import contextlib
import socket
from dataclasses import replace

import pytest

from certs.pki.demo.background import Servers, bind
from certs.pki.demo.servers import make_context, speak_tls
from certs.pki.guard import Guard, parse_networks
from certs.pki.starttls import StartTLS
from certs.pki.suites import TLS12
from certs.pki.target import Target
from certs.tests.pki.building import make_wish
from certs.tests.pki.deep.asking import check, names
from certs.tests.pki.deep.fake import MODERN, Fake
from certs.tests.pki.serving import serving
from certs.tests.pki.starttls.conversations import HELLO, YES, play, stay

SMTP = YES[StartTLS.SMTP]


@pytest.fixture
def unasked(monkeypatch):
    """Fails the test when a name is looked up."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("asked"))


def check_starttls(handler, *, protocol=StartTLS.SMTP, **options):
    """Check a server that begins in the clear."""
    with serving(handler) as bound:
        return check(replace(bound, starttls=protocol), **options)


@contextlib.contextmanager
def nodes(*handlers):
    """Yield a port that ::1 and 127.0.0.1 share; None for one that refuses."""
    with contextlib.ExitStack() as stack:
        four = stack.enter_context(bind("127.0.0.1", 0))
        port = four.getsockname()[1]
        six = stack.enter_context(bind("::1", port))
        pairs = zip((six, four), handlers, strict=True)
        stack.enter_context(Servers([pair for pair in pairs if pair[1]]))
        yield port


def listed(port, *addresses):
    return Target(host="www.example.test", port=port, addresses=addresses)


@pytest.mark.parametrize("protocol", [*YES])
def test_each_hello_comes_after_the_consent_of_its_protocol(protocol):
    fake = Fake(suites=MODERN)

    result = check_starttls(play(*YES[protocol], then=fake), protocol=protocol)

    assert result.versions == ("TLSv1.3", "TLSv1.2")
    assert names(result, "TLSv1.2") == MODERN[TLS12]
    assert result.is_complete
    assert result.connections == fake.connections
    assert len(fake.hellos) <= fake.connections


def test_a_real_tls_server_behind_smtp_shows_what_it_has(authority):
    identity = authority.issue(make_wish())

    result = check_starttls(play(*SMTP, then=speak_tls(make_context(identity))))

    assert result.versions == ("TLSv1.3", "TLSv1.2")
    assert result.is_complete
    assert all(suite.name for suite in result.suites)


def test_a_server_without_starttls_is_not_sent_a_hello():
    plain = (b"220 mail\r\n", HELLO, b"250 mail\r\n")

    result = check_starttls(play(*plain, then=stay))

    assert result.error_code == "starttls_not_offered"
    assert (result.versions, result.connections) == ((), 1)
    assert result.address == "127.0.0.1"
    assert not result.is_complete


def test_a_server_that_has_had_enough_leaves_what_was_seen():
    """A mail server may slow down or turn away who connects too often."""
    fake = Fake(suites=MODERN)

    async def patient(connection):
        script = SMTP if fake.connections < 3 else (b"421 too many connections\r\n",)
        await play(*script, then=fake)(connection)

    result = check_starttls(patient)

    assert result.versions == ("TLSv1.2",)
    assert result.error_code.startswith("starttls")
    assert not result.is_complete
    assert result.connections == 4


def test_a_server_that_never_greets_is_asked_twice_at_most():
    result = check_starttls(stay, timeout=0.2)

    assert result.connections <= 2
    assert not result.is_complete
    assert result.versions == ()
    assert result.error_code == "timeout"
    assert result.error_text


def test_what_is_injected_before_tls_is_refused():
    script = (*SMTP[:-1], b"220 go ahead\r\n250 injected\r\n")

    result = check_starttls(play(*script, then=stay))

    assert result.error_code == "starttls_error"


def test_a_server_may_hang_up_after_its_consent():
    result = check_starttls(play(*SMTP))

    assert (result.error_code, result.versions) == ("closed", ())


def test_the_first_address_that_answers_is_asked_to_the_end():
    fake = Fake(suites=MODERN)

    with nodes(None, fake) as port:
        result = check(listed(port, "::1", "127.0.0.1"))

    assert result.address == "127.0.0.1"
    assert result.is_complete
    assert result.connections == fake.connections


def test_no_two_answers_are_of_two_servers():
    first, second = Fake(suites=MODERN), Fake(suites={TLS12: ["AES128-SHA"]})

    with nodes(first, second) as port:
        result = check(listed(port, "::1", "127.0.0.1"))

    assert result.address == "::1"
    assert second.connections == 0
    assert names(result, "TLSv1.2") == MODERN[TLS12]


def test_when_no_address_answers_the_last_one_says_why():
    with nodes(None, None) as port:
        result = check(listed(port, "::1", "127.0.0.1"))

    assert result.error_code == "refused"
    assert result.error_text.startswith("127.0.0.1 port")
    assert (result.connections, result.address) == (0, "")


def test_a_dead_address_costs_a_connection_of_the_budget():
    fake = Fake(suites=MODERN)

    with nodes(None, fake) as port:
        result = check(listed(port, "::1", "127.0.0.1"), budget=1)

    assert fake.connections == 0
    assert result.connections == 0
    assert not result.is_complete


def test_listed_addresses_are_asked_and_the_name_is_not_looked_up(unasked):
    fake = Fake(suites=MODERN)

    with serving(fake) as bound:
        result = check(listed(bound.port, "127.0.0.1"))

    assert result.address == "127.0.0.1"
    assert {hello.server_name for hello in fake.hellos} == {"www.example.test"}


def test_an_address_that_the_guard_refuses_is_passed_over(unasked):
    first, second = Fake(suites=MODERN), Fake(suites=MODERN)
    guard = Guard(allow_loopback=True, deny=parse_networks("::1/128"))

    with nodes(first, second) as port:
        target = listed(port, "169.254.169.254", "::1", "127.0.0.1")
        result = check(target, guard=guard)

    assert result.address == "127.0.0.1"
    assert first.connections == 0
    assert second.connections == result.connections


@pytest.mark.parametrize("protocol", [StartTLS.NONE, StartTLS.SMTP])
def test_where_the_guard_admits_nothing_nothing_is_asked(protocol):
    fake = Fake(suites=MODERN)

    with serving(fake) as bound:
        result = check(replace(bound, starttls=protocol), guard=Guard())

    assert (result.error_code, result.connections) == ("not_allowed", 0)
    assert fake.connections == 0
    assert "loopback" in result.error_text
