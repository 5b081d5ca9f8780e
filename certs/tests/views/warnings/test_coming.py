from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from certs.models import Policy
from certs.tests.factories import make_checked, make_endpoint, make_team, make_user
from certs.views.warnings import coming

pytestmark = pytest.mark.django_db
NEXT = reverse("certs:warnings-next")


@pytest.fixture(autouse=True)
def viewer(client):
    user = make_user("Viewer")
    client.force_login(user)
    return user


def near(host=None, *, days=20, **fields):
    return make_checked(host, days=days, now=timezone.now(), **fields)


def hosts(client, **asked):
    page = client.get(NEXT, asked).context["page"]
    return {one.endpoint.host for one in page}


def test_nothing_to_come_is_a_state_of_its_own(client):
    make_endpoint()
    near(days=400)

    assert "Nothing goes out" in client.get(NEXT).content.decode()
    filtered = client.get(NEXT, {"team": "none"}).content.decode()
    assert "Clear filters" in filtered


def test_each_day_says_what_goes_out_to_whom_and_why(client):
    near("www.example.org", contacts=["ann@example.org"])
    near("silent.example.org")

    response = client.get(NEXT)

    days = response.context["days"]
    assert [day.day for day in days] == sorted({day.day for day in days})
    limit = timezone.now() + timedelta(days=30)
    for day in days:
        for one in day.warnings:
            assert timezone.localtime(one.due_at).date() == day.day
            assert one.due_at <= limit
    shown = response.content.decode()
    assert "www" in shown
    assert "ann@example.org" in shown
    assert "Nobody would be told" in shown
    assert "before the end" in shown
    assert "the default" in shown


def test_it_is_filtered_by_team_and_policy(client):
    web, strict = make_team("Web"), Policy.objects.create(name="Strict", steps="9d")
    near("a.example.org", team=web)
    near("b.example.org", policy=strict)

    assert hosts(client) == {"a.example.org", "b.example.org"}
    assert hosts(client, team=str(web.pk)) == {"a.example.org"}
    assert hosts(client, team="none") == {"b.example.org"}
    assert hosts(client, policy=str(strict.pk)) == {"b.example.org"}
    assert hosts(client, team="nonsense", policy="x") == hosts(client)


def test_it_has_pages(client, monkeypatch):
    monkeypatch.setattr(coming, "ROWS", 2)
    near()

    first = client.get(NEXT).context["page"]
    second = client.get(NEXT, {"page": 2}).context["page"]

    assert len(first) == 2
    assert {one.step for one in first}.isdisjoint({one.step for one in second})


def test_it_says_where_it_stops(client, monkeypatch):
    near()
    near(days=-2)
    assert "Looked at are" not in client.get(NEXT).content.decode()

    for bound in ("NEXT", "ENDED", "MOST"):
        with monkeypatch.context() as patch:
            patch.setattr(coming, bound, 1)
            assert "Looked at are" in client.get(NEXT).content.decode()


@pytest.mark.parametrize("rows", [1, 5])
def test_queries_do_not_grow(client, rows, django_assert_max_num_queries):
    for number in range(rows):
        near(contacts=[f"p{number}@example.org"])
    client.get(NEXT)

    with django_assert_max_num_queries(25):
        client.get(NEXT)


def test_who_may_see_nothing_sees_nothing(client):
    client.force_login(make_user())

    assert client.get(NEXT).status_code == 403
