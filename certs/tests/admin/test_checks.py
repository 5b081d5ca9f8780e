"""Checks of what is selected in the admin's list of endpoints."""

import pytest
from django.urls import reverse

from certs.models import DeepCheck, Job, Observation
from certs.services.work import selection
from certs.tests.factories import latest, make_endpoint, make_team, make_user

pytestmark = pytest.mark.django_db
LIST = reverse("admin:certs_endpoint_changelist")


@pytest.fixture
def administrator(client):
    user = make_user("Administrator")
    client.force_login(user)
    return user


@pytest.fixture
def team():
    return make_team("Web")


@pytest.fixture
def editor(client, team):
    user = make_user("Editor", teams=[team])
    client.force_login(user)
    return user


def run(client, action, *endpoints):
    keys = [str(endpoint.pk) for endpoint in endpoints]
    data = {"action": action, "_selected_action": keys}
    return client.post(LIST, data, follow=True)


def messages(response):
    return [str(message) for message in response.context["messages"]]


def test_check_now_checks_the_selection(client, administrator, fleet_today):
    members = {member.name: member for member in fleet_today.members}
    endpoints = [
        make_endpoint(
            member.host,
            port=member.port,
            address_mode="listed",
            addresses=(member.address,),
        )
        for member in (members["www"], members["refuses"])
    ]

    response = run(client, "check_now", *endpoints)

    assert messages(response) == ["2 endpoints were checked, 1 did not answer."]
    assert latest(endpoints[0]).certificate is not None


def test_more_than_a_few_are_checked_in_the_background(client, administrator):
    endpoints = [make_endpoint() for _ in range(11)]

    response = run(client, "check_now", *endpoints)

    job = Job.objects.get()
    assert (job.kind, job.user) == (Job.Kind.CHECK, administrator)
    assert job.arguments["keys"] == sorted(str(row.pk) for row in endpoints)
    assert "11 endpoints are checked in the background" in messages(response)[0]
    assert reverse("certs:job", args=[job.pk]) in messages(response)[0]
    assert not Observation.objects.exists()


def test_a_deep_check_is_always_done_in_the_background(client, administrator):
    response = run(client, "deep_check", make_endpoint())

    assert Job.objects.get().kind == Job.Kind.DEEP_CHECK
    assert "1 endpoint is checked in the background" in messages(response)[0]
    assert not DeepCheck.objects.exists()


def test_too_many_for_one_job_are_refused(client, administrator, monkeypatch):
    monkeypatch.setattr(selection, "MOST_KEYS", 12)

    response = run(client, "check_now", *(make_endpoint() for _ in range(13)))

    assert "At most 12" in messages(response)[0]
    assert not Job.objects.exists()


@pytest.mark.parametrize("action", ["check_now", "deep_check"])
def test_who_may_change_nothing_has_no_checks_to_choose(client, action):
    user = make_user("Viewer", is_staff=True)
    client.force_login(user)
    endpoint = make_endpoint()

    run(client, action, endpoint)

    assert action not in client.get(LIST).text
    assert not Observation.objects.exists()
    assert not DeepCheck.objects.exists()


def test_a_deep_check_leaves_out_what_an_editor_may_not_change(client, editor, team):
    mine = make_endpoint(team=team)
    theirs = make_endpoint(team=make_team())

    run(client, "deep_check", mine, theirs)
    response = run(client, "deep_check", theirs)

    assert Job.objects.get().arguments == {"keys": [str(mine.pk)]}
    assert messages(response) == ["You may check none of these."]


def test_check_now_leaves_out_what_an_editor_may_not_change(client, editor, team):
    response = run(client, "check_now", make_endpoint(team=make_team()))

    assert messages(response) == ["0 endpoints were checked, 0 did not answer."]
    assert not Observation.objects.exists()


def test_all_of_a_list_are_checked_in_the_background(client, administrator):
    endpoints = [make_endpoint() for _ in range(101)]

    client.post(
        LIST,
        {
            "action": "check_now",
            "select_across": "1",
            "_selected_action": [str(endpoints[0].pk)],
        },
    )

    assert len(Job.objects.get().arguments["keys"]) == 101
    assert not Observation.objects.exists()
