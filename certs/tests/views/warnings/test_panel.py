from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from certs.models import Letter, Notice, Policy
from certs.services.notices import acknowledging
from certs.tests.factories import make_checked, make_endpoint, make_team, make_user
from certs.tests.telling import make_letter, make_notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team("Web")


@pytest.fixture(autouse=True)
def editor(client, team):
    user = make_user("Editor", teams=[team])
    client.force_login(user)
    return user


def page(client, endpoint):
    return client.get(endpoint.get_absolute_url())


def near(**fields):
    return make_checked(days=20, now=timezone.now(), **fields)


def test_it_says_which_policy_and_why(client):
    strict = Policy.objects.create(name="Strict")

    shown = page(client, make_endpoint(policy=strict)).content.decode()

    assert "Strict" in shown
    assert "chosen for this endpoint" in shown
    assert "the default" in page(client, make_endpoint()).content.decode()


def test_it_says_who_would_be_told_and_clearly_when_it_is_nobody(client):
    told = page(client, make_endpoint(contacts=["ann@example.org"])).content.decode()

    assert "ann@example.org" in told
    assert "Nobody would be told" not in told
    assert "Nobody would be told" in page(client, make_endpoint()).content.decode()


def test_a_paused_endpoint_tells_nobody(client):
    endpoint = make_endpoint(contacts=["ann@example.org"], paused=True)

    assert "Nobody while it is paused" in page(client, endpoint).content.decode()


def test_the_last_ten_are_shown_with_their_state(client):
    endpoint = near()
    for number in range(11):
        make_notice(endpoint, step=f"{20 + number}d", recipient=f"p{number}@x.org")
    failed = make_letter(state=Letter.State.FAILED, error="550 No.")
    make_notice(
        endpoint,
        now=timezone.now(),
        recipient="late@example.org",
        state=Notice.State.WAITING,
        sent_at=None,
        letter=failed,
    )

    response = page(client, endpoint)

    warnings = response.context["warnings"]
    assert len(warnings["notices"]) == 10
    assert warnings["has_more_notices"]
    shown = response.content.decode()
    assert "late@example.org" in shown
    assert "Given up" in shown
    assert "550 No." in shown
    assert "7 days before the end" in shown
    assert f"{reverse('certs:warnings')}?endpoint={endpoint.pk}" in shown


def test_what_comes_next_is_shown(client):
    endpoint = near(contacts=["ann@example.org"])

    response = page(client, endpoint)

    coming = response.context["warnings"]["coming"]
    assert coming
    assert all(one.endpoint.pk == endpoint.pk for one in coming)
    assert "before the end" in response.content.decode()


def test_who_is_on_it_is_shown_with_a_way_back(client, team, editor):
    endpoint = near(team=team)
    now = timezone.now()
    acknowledging.acknowledge(
        endpoint,
        user=editor,
        reason="Ordered <b>today</b>.",
        until=now + timedelta(days=2),
        snooze=True,
        now=now,
    )

    shown = page(client, endpoint).content.decode()

    assert f"{editor} is on it" in shown
    assert "Ordered &lt;b&gt;today&lt;/b&gt;." in shown
    assert "no steps are told either" in shown
    assert reverse("certs:warning-withdraw", args=[endpoint.pk]) in shown


@pytest.mark.parametrize("whose", ["another team's", "nobody's"])
def test_who_may_not_is_offered_no_form(client, whose):
    team = make_team() if whose == "another team's" else None
    endpoint = near(team=team)

    response = page(client, endpoint)

    assert response.context["warnings"]["acknowledge_form"] is None
    address = reverse("certs:warning-acknowledge", args=[endpoint.pk])
    assert address not in response.content.decode()


def test_where_all_is_well_there_is_no_form(client, team):
    endpoint = make_checked(days=90, now=timezone.now(), team=team)

    assert page(client, endpoint).context["warnings"]["acknowledge_form"] is None


@pytest.mark.parametrize("rows", [1, 5])
def test_its_queries_do_not_grow(client, rows, django_assert_max_num_queries):
    endpoint = near(contacts=[f"p{number}@example.org" for number in range(rows)])
    for number in range(rows):
        make_notice(endpoint, letter=make_letter(f"p{number}@example.org"))

    page(client, endpoint)
    with django_assert_max_num_queries(60):
        page(client, endpoint)
