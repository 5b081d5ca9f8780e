"""Files from web addresses: what arrives, and what is refused."""

import pytest

from certs.pki.demo.authority import Authority, Wish
from certs.pki.errands import ErrandError, Message, download, fetch
from certs.pki.guard import Guard
from certs.tests.pki.building import NOW
from certs.tests.pki.errands.sending import LOOPBACK, SECONDS
from certs.tests.pki.listening import listening


def get(url, *, guard=LOOPBACK, seconds=SECONDS):
    return fetch(url, guard=guard, seconds=seconds)


def here(url):
    """The same in this process, line by line."""
    return download.fetch(Message(url=url))


def test_a_file_arrives_as_it_is():
    data = bytes(range(256)) * 1000
    with listening(answer=data) as server:
        assert get(server.url("/ca.crl")) == data
        assert here(server.url("/ca.crl")) == data

    assert [path for path, _, _ in server.posted] == ["/ca.crl", "/ca.crl"]


def test_an_empty_file_is_a_file():
    with listening() as server:
        assert get(server.url()) == b""


@pytest.mark.parametrize("url", ["ldap://ca.test/cn=x", "http://", "http://a:0/", "x"])
def test_what_is_no_web_address_is_refused(url):
    assert download.refusal(url)
    with pytest.raises(ErrandError, match="begins with http://"):
        get(url)


@pytest.mark.parametrize("url", ["http://a/", "https://a:8443/b?c"])
def test_web_addresses_are_not_refused(url):
    assert download.refusal(url) == ""


def test_an_address_is_judged_when_it_is_connected_to():
    with listening() as server, pytest.raises(ErrandError, match="loopback"):
        get(server.url(), guard=Guard())

    assert not server.posted


def test_a_redirect_is_followed_and_judged_as_well():
    with listening(answer=b"list") as other:
        headers = {"Location": other.url("/new.crl")}
        with listening(status=301, headers=headers) as server:
            assert get(server.url()) == b"list"
    headers = {"Location": "http://169.254.169.254/latest"}
    with (
        listening(status=302, headers=headers) as server,
        pytest.raises(ErrandError, match="link-local"),
    ):
        get(server.url())


def test_a_circle_of_redirects_ends():
    with listening(status=302, headers={"Location": "/"}) as server:
        assert "again and again" in here(server.url())


def test_a_file_that_is_too_large_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr(download, "MOST_BYTES", 1000)
    with listening(answer=b"x" * 1001) as server:
        assert here(server.url()) == "The file is larger than 1,000 bytes."
    with listening(answer=b"x" * 1000) as server:
        assert len(here(server.url())) == 1000


def test_another_status_than_200_is_told():
    with listening(status=404, answer=b"Not here") as server:
        assert here(server.url()) == "The address answered with status 404."


def test_silence_and_a_closed_port_are_told(monkeypatch):
    monkeypatch.setattr("certs.pki.errands.web.TIMEOUTS", (1, 0.1))
    with listening(pause=0.5) as server:
        assert here(server.url()) == "The address did not answer in time."
    assert here(server.url()) == "The address could not be reached."


def test_a_server_that_hangs_is_left_when_the_time_is_up():
    with listening(pause=5) as server, pytest.raises(ErrandError, match="2 seconds"):
        get(server.url(), seconds=2)


def test_a_certificate_that_nobody_signed_is_not_trusted():
    identity = Authority("Nobody", now=NOW).issue(
        Wish(
            common_name="localhost",
            dns_names=("localhost",),
            not_before=NOW,
            not_after=NOW,
        )
    )
    with listening(identity=identity) as server:
        url = server.url(scheme="https")
        assert here(url) == "The certificate of the address could not be verified."
