"""Checks of what is selected in the admin's list of endpoints."""

import pytest
from django.urls import reverse

from certs.models import DeepCheck, Observation
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


def test_a_deep_check_of_the_selection_is_kept_and_graded_with(
    client, administrator, fleet_today
):
    members = {member.name: member for member in fleet_today.members}
    member = members["tls12-only"]
    endpoint = make_endpoint(
        member.host,
        port=member.port,
        address_mode="listed",
        addresses=(member.address,),
    )

    response = run(client, "deep_check", endpoint)

    assert messages(response) == ["1 endpoint was checked, 0 did not answer."]
    assert DeepCheck.objects.get().result["versions"] == ["TLSv1.2"]
    assert latest(endpoint).certificate is not None


def test_a_deep_check_of_more_than_ten_says_what_to_use_instead(client, administrator):
    response = run(client, "deep_check", *(make_endpoint() for _ in range(11)))

    assert "At most 10" in messages(response)[0]
    assert "manage.py observe --deep" in messages(response)[0]
    assert not DeepCheck.objects.exists()


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
    run(client, "deep_check", make_endpoint(team=make_team()))

    assert not DeepCheck.objects.exists()


def test_check_now_leaves_out_what_an_editor_may_not_change(client, editor, team):
    response = run(client, "check_now", make_endpoint(team=make_team()))

    assert messages(response) == ["0 endpoints were checked, 0 did not answer."]
    assert not Observation.objects.exists()


def test_check_now_of_hundreds_says_what_to_use_instead(client, administrator):
    endpoints = [make_endpoint() for _ in range(101)]

    response = client.post(
        LIST,
        {
            "action": "check_now",
            "select_across": "1",
            "_selected_action": [str(endpoints[0].pk)],
        },
        follow=True,
    )

    assert "manage.py observe" in messages(response)[0]
    assert not Observation.objects.exists()
