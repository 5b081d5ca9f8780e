"""Posting of either kind, in a process of its own and line by line in this one."""

import sys

import pytest

from certs.pki.errands import ErrandError, Kind, post
from certs.pki.errands.services import post as by_apprise
from certs.pki.errands.webhook import post as by_webhook
from certs.pki.guard import Guard, parse_networks
from certs.tests.pki.errands.sending import SECRET, message, send
from certs.tests.pki.listening import listening

# What Apprise imports while its services are found.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")


@pytest.mark.parametrize("kind", Kind)
def test_a_server_that_hangs_is_left_when_the_time_is_up(kind):
    scheme = "http" if kind == Kind.WEBHOOK else "json"
    with (
        listening(pause=5) as server,
        pytest.raises(ErrandError, match=r"longer than 2 seconds"),
    ):
        post(kind, message(server.url("/x", scheme=scheme)), seconds=2)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        ("169.254.169.254", "link-local"),
        ("[fd00:ec2::254]", "metadata"),
        ("127.0.0.1", "loopback"),
        ("localhost", "loopback"),
        ("10.1.2.3", "denied"),
    ],
)
def test_an_address_is_judged_when_it_is_connected_to(kind, host, sentence):
    guard = Guard(deny=parse_networks("10.0.0.0/8"))
    scheme = "http" if kind == Kind.WEBHOOK else "json"

    with pytest.raises(ErrandError, match=sentence):
        send(kind, f"{scheme}://{host}:9/private-part", guard=guard)


def test_an_address_in_another_spelling_is_judged_by_where_it_leads():
    with pytest.raises(ErrandError, match="link-local"):
        send(Kind.WEBHOOK, "http://[::ffff:169.254.169.254]:9/")


def test_a_redirect_that_a_service_follows_is_judged_as_well():
    headers = {"Location": "http://169.254.169.254/latest"}
    with (
        listening(status=307, headers=headers) as server,
        pytest.raises(ErrandError) as caught,
    ):
        send(Kind.APPRISE, server.url("/x?redirect=yes", scheme="json"))

    assert "private" not in str(caught.value)


def test_proxies_of_the_surroundings_are_not_asked(monkeypatch):
    with listening() as proxy, listening() as server:
        monkeypatch.setenv("http_proxy", proxy.url())
        monkeypatch.setenv("HTTP_PROXY", proxy.url())
        send(Kind.WEBHOOK, server.url())
        send(Kind.APPRISE, server.url(scheme="json"))

    assert len(server.posted) == 2
    assert not proxy.posted


@pytest.mark.parametrize("kind", Kind)
def test_each_line_of_posting_in_this_process(kind):
    run = by_webhook if kind == Kind.WEBHOOK else by_apprise
    scheme = "http" if kind == Kind.WEBHOOK else "json"
    with listening() as server, listening(status=500) as broken:
        assert run(message(server.url(f"/#{SECRET}", scheme=scheme))) == ""
        assert "500" in run(message(broken.url(scheme=scheme)))
    assert "not be reached" in run(message(server.url(scheme=scheme)))


def test_a_process_that_cannot_start_or_breaks_is_told(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", "/nonexistent/python")
        with pytest.raises(ErrandError, match="could not be started"):
            send(Kind.WEBHOOK, "http://127.0.0.1:9/")
    monkeypatch.setattr(sys, "executable", "/bin/true")
    with pytest.raises(ErrandError, match="without a word"):
        send(Kind.WEBHOOK, "http://127.0.0.1:9/")


def test_an_address_is_not_shown_by_accident():
    assert "hunter2" not in repr(message("slack://hunter2"))
