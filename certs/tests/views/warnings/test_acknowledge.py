from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from certs.models import Acknowledgement
from certs.services.notices import links
from certs.tests.factories import make_checked, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team("Web")


@pytest.fixture
def endpoint(team):
    return make_checked(days=20, now=timezone.now(), team=team)


@pytest.fixture
def editor(client, team):
    user = make_user("Editor", teams=[team])
    client.force_login(user)
    return user


def form(endpoint):
    return reverse("certs:warning-acknowledge", args=[endpoint.pk])


def words(days=3, **others):
    until = timezone.localdate() + timedelta(days=days)
    return {"reason": "Ordered.", "until": f"{until}", **others}


def path(url):
    return url[url.index("/warnings/") :]


def test_somebody_of_the_team_says_that_they_are_on_it(client, editor, endpoint):
    response = client.post(form(endpoint), words(snooze="on"), follow=True)

    said = Acknowledgement.objects.get()
    assert (said.user, said.endpoint, said.is_snoozed) == (editor, endpoint, True)
    assert timezone.localtime(said.until).hour == 0  # the whole day counts
    assert said.until.date() == timezone.localdate() + timedelta(days=4)
    assert "is on it" in response.content.decode()


@pytest.mark.usefixtures("editor")
def test_looking_changes_nothing(client, endpoint):
    assert client.get(form(endpoint)).status_code == 200
    assert not Acknowledgement.objects.exists()


@pytest.mark.usefixtures("editor")
@pytest.mark.parametrize(
    ("days", "problem"),
    [(-1, "over already"), (40, "last step before the end")],
)
def test_a_date_out_of_bounds_is_refused_with_the_reason(
    client, endpoint, days, problem
):
    response = client.post(form(endpoint), words(days))

    assert problem in response.content.decode()
    assert "Ordered." in response.content.decode()  # what was typed stays
    assert not Acknowledgement.objects.exists()


@pytest.mark.usefixtures("editor")
def test_the_last_day_counts_up_to_the_last_step(client, endpoint):
    latest = client.get(form(endpoint)).context["latest_until"]
    days = (timezone.localdate(latest) - timezone.localdate()).days

    client.post(form(endpoint), words(days))

    assert Acknowledgement.objects.get().until == latest


@pytest.mark.usefixtures("editor")
@pytest.mark.parametrize(
    "data", [{}, {"reason": "x"}, {"reason": "x", "until": "soon"}]
)
def test_what_is_missing_is_asked_for(client, endpoint, data):
    assert client.post(form(endpoint), data).status_code == 200
    assert not Acknowledgement.objects.exists()


@pytest.mark.usefixtures("editor")
@pytest.mark.parametrize(
    ("days", "words_"),
    [(90, "nothing to acknowledge"), (-2, "too late to silence")],
)
def test_where_it_cannot_be_done_the_page_says_why(client, team, days, words_):
    other = make_checked(days=days, now=timezone.now(), team=team)

    assert words_ in client.get(form(other)).content.decode()
    assert client.post(form(other), words()).status_code == 200
    assert not Acknowledgement.objects.exists()


@pytest.mark.parametrize("role", ["Viewer", "Editor", None])
def test_others_may_not(client, endpoint, role):
    client.force_login(make_user(role, teams=[make_team()]))

    assert client.get(form(endpoint)).status_code == 403
    assert client.post(form(endpoint), words()).status_code == 403


def test_an_administrator_may_everywhere(client, endpoint):
    client.force_login(make_user("Administrator"))

    assert client.post(form(endpoint), words()).status_code == 302
    assert Acknowledgement.objects.exists()


@pytest.mark.usefixtures("editor")
def test_it_can_be_taken_back_by_post_alone(client, endpoint):
    client.post(form(endpoint), words())
    address = reverse("certs:warning-withdraw", args=[endpoint.pk])

    assert client.get(address).status_code == 405
    response = client.post(address, follow=True)

    assert Acknowledgement.objects.get().withdrawn_at
    assert "no longer acknowledged" in response.content.decode()
    again = client.post(address, follow=True).content.decode()
    assert "was not acknowledged any more" in again


def test_a_link_from_a_mail_asks_to_sign_in_and_leads_to_the_form(
    client, team, endpoint
):
    link = path(links.acknowledge_url(endpoint, "ann@example.org"))

    asked = client.get(link)
    assert asked.url.startswith("/accounts/login/?next=/warnings/acknowledge/")
    client.force_login(make_user("Editor", teams=[team]))
    response = client.get(link, follow=True)

    assert response.redirect_chain[-1][0] == form(endpoint)
    assert not Acknowledgement.objects.exists()
    assert client.post(link).status_code == 405


def test_a_link_gives_no_right(client, endpoint):
    client.force_login(make_user("Viewer"))

    link = path(links.acknowledge_url(endpoint, "ann@example.org"))

    assert client.get(link, follow=True).status_code == 403


@pytest.mark.usefixtures("editor")
def test_a_link_that_is_too_old_or_changed_is_explained(client, endpoint, monkeypatch):
    link = path(links.acknowledge_url(endpoint, "ann@example.org"))
    leave = path(links.unsubscribe_url("ann@example.org"))
    other = leave.replace("unsubscribe", "acknowledge")

    for wrong in (link[:-2] + "/", other, "/warnings/acknowledge/x/"):
        response = client.get(wrong)
        assert response.status_code == 410
        assert "incomplete or has been changed" in response.content.decode()
    monkeypatch.setattr(links, "LIFETIME", timedelta(seconds=-1))
    response = client.get(link)
    assert response.status_code == 410
    assert "work for 30 days" in response.content.decode()


@pytest.mark.usefixtures("editor")
def test_a_link_to_what_was_deleted_is_explained(client, endpoint):
    link = path(links.acknowledge_url(endpoint, "ann@example.org"))
    endpoint.delete()

    response = client.get(link)

    assert response.status_code == 410
    assert "This endpoint is gone" in response.content.decode()
