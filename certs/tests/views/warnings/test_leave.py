from datetime import timedelta

import pytest
from django.test import Client

from certs.models import Contact
from certs.services.notices import links
from certs.tests.factories import make_endpoint, make_team, make_user

pytestmark = pytest.mark.django_db
ANN = "ann@example.org"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def path(url):
    return url[url.index("/warnings/") :]


@pytest.fixture
def link():
    return path(links.unsubscribe_url(ANN))


@pytest.fixture
def contact():
    make_endpoint(contacts=[ANN])
    return Contact.objects.get(email=ANN)


def test_looking_says_what_would_happen_and_changes_nothing(client, link, contact):
    ann = make_user("Viewer", email=ANN)
    make_endpoint().followers.add(ann)

    for asked in (client.get, client.head):
        assert asked(link).status_code == 200
    shown = client.get(link).content.decode()

    assert ANN in shown
    assert "You will follow no endpoint any more: 1 ends." in shown
    assert "You will be told of no endpoint as a contact any more." in shown
    contact.refresh_from_db()
    assert contact.is_active
    assert ann.followed_endpoints.exists()


def test_one_click_needs_no_session_no_page_and_no_redirect(link, contact):
    client = Client(enforce_csrf_checks=True)

    response = client.post(link, ONE_CLICK)

    assert response.status_code == 200
    assert "Done" in response.content.decode()
    contact.refresh_from_db()
    assert not contact.is_active
    assert client.post(link, ONE_CLICK).status_code == 200  # twice is harmless


def test_what_a_link_cannot_end_is_told_with_whom_to_ask(client, link):
    team = make_team("Web")
    type(team).objects.update(email=ANN)
    make_user("Editor", email=ANN, teams=[team])

    for asked in (client.get, client.post):
        shown = asked(link).content.decode()
        assert "address of the team Web" in shown
        assert "member of a team" in shown
        assert "Ask an administrator" in shown
    team.refresh_from_db()
    assert team.email == ANN


def test_who_is_told_of_nothing_reads_that(client, link):
    assert "There is nothing to end" in client.get(link).content.decode()
    assert client.post(link).status_code == 200


def test_a_channel_reads_that_it_stays(client):
    shown = client.get(path(links.unsubscribe_url("channel:0193"))).content.decode()

    assert "for a channel" in shown
    assert "Ask an administrator" in shown


def test_a_link_that_is_too_old_or_changed_changes_nothing(
    client, link, contact, monkeypatch
):
    endpoint = contact.endpoints.get()
    other = path(links.acknowledge_url(endpoint, ANN))
    wrong = [link[:-2] + "/", other.replace("acknowledge", "unsubscribe")]
    for asked in (client.get, client.post):
        for each in wrong:
            response = asked(each)
            assert response.status_code == 410
            assert "incomplete or has been changed" in response.content.decode()
        with monkeypatch.context() as patch:
            patch.setattr(links, "LIFETIME", timedelta(seconds=-1))
            response = asked(link)
            assert response.status_code == 410
            assert "newest mail" in response.content.decode()
    contact.refresh_from_db()
    assert contact.is_active


def test_who_asks_too_often_waits(client, link, settings):
    settings.ACCOUNT_RATE_LIMITS = {
        **settings.ACCOUNT_RATE_LIMITS,
        "unsubscribe": "2/m/ip",
    }

    answers = [client.post(link).status_code for _ in range(3)]

    assert answers == [200, 200, 429]
    assert client.get(link).status_code == 200


def test_it_is_not_kept_by_anybody_on_the_way(client, link):
    assert "no-store" in client.get(link).headers["Cache-Control"]
