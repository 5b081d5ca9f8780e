"""Services that Apprise knows."""

import json

import pytest

from certs.pki.errands import ErrandError, Kind, check
from certs.pki.errands.services import LOCAL, refusal as no_service
from certs.tests.pki.errands.sending import SECONDS, send
from certs.tests.pki.listening import listening

# What Apprise imports while its services are found.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")


def test_apprise_posts_title_and_body():
    with listening() as server:
        send(Kind.APPRISE, server.url("/in", scheme="json"))

    [(path, _, body)] = server.posted
    assert path == "/in"
    assert json.loads(body)["title"] == "3 days left"
    assert json.loads(body)["message"] == "www.example.org"


def test_a_service_that_answers_with_an_error_is_told_by_its_status():
    with (
        listening(status=503) as server,
        pytest.raises(ErrandError, match="status 503"),
    ):
        send(Kind.APPRISE, server.url("/private-part", scheme="json"))


@pytest.mark.parametrize("scheme", sorted(LOCAL))
def test_what_runs_on_this_machine_is_refused(scheme):
    for address in (f"{scheme}://", f"{scheme.upper()}://localhost/x"):
        assert "runs on this machine" in no_service(address)


@pytest.mark.parametrize(
    "url",
    ["", "hunter2", "nothing://host/x", "slack://", "slack://x", "https://x.example/"],
)
def test_what_apprise_does_not_know_is_refused(url):
    assert no_service(url).startswith("Apprise knows no such service")


def test_a_service_whose_library_is_missing_is_refused():
    assert "lacks a library" in no_service("xmpp://user:password@host")


def test_a_service_is_known_by_its_web_address_too():
    address = "https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"

    assert not no_service(address)


def test_an_address_is_checked_without_connecting_anywhere():
    with listening() as server:
        check(Kind.APPRISE, server.url(scheme="json"), seconds=SECONDS)
        check(Kind.WEBHOOK, server.url(), seconds=SECONDS)
        with pytest.raises(ErrandError, match="runs on this machine"):
            check(Kind.APPRISE, "syslog://", seconds=SECONDS)

    assert not server.posted
