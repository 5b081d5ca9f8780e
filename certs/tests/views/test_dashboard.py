from datetime import timedelta
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from certs.models.counting import Certainty, Count, bounded
from certs.services import figures
from certs.tests.factories import make_checked, make_endpoint, make_team, make_user
from certs.views import dashboard

pytestmark = pytest.mark.django_db
DASHBOARD = reverse("certs:dashboard")


@pytest.fixture
def viewer(client):
    user = make_user("Viewer")
    client.force_login(user)
    return user


def checked(days, **fields):
    return make_checked(days=days, now=timezone.now(), **fields)


def test_an_empty_inventory_says_how_to_begin(client):
    client.force_login(make_user("Administrator"))

    page = client.get(DASHBOARD)

    assert "No endpoints yet" in page.text
    assert reverse("certs:endpoint-add") in page.text


def test_a_viewer_is_not_offered_what_viewers_cannot_do(client, viewer):
    assert reverse("certs:endpoint-add") not in client.get(DASHBOARD).text


def test_the_tiles_count_every_endpoint_in_its_state(client, viewer):
    checked(-3)
    checked(2)
    checked(90)
    make_endpoint()

    tiles = {t.label: t.number for t in client.get(DASHBOARD).context["tiles"]}

    assert tiles == {
        "Expired": 1,
        "Critical": 1,
        "Expiring": 0,
        "Unreachable": 0,
        "Wrong certificate": 0,
        "Healthy": 1,
    }


def test_each_tile_leads_to_the_rows_it_counts(client, viewer):
    for days in (-3, -2, 2, 10, 90):
        checked(days)

    for tile in client.get(DASHBOARD).context["tiles"]:
        rows = client.get(reverse("certs:endpoints"), {"status": tile.status})
        assert rows.context["page"].paginator.count == tile.number, tile.label


def test_nothing_wrong_is_said_in_so_many_words(client, viewer):
    checked(90)

    page = client.get(DASHBOARD).text

    assert "Nothing needs attention" in page
    assert "Next to end" in page


def test_only_the_most_urgent_rows_are_shown_and_the_rest_counted(client, viewer):
    for _ in range(15):
        checked(3)

    context = client.get(DASHBOARD).context

    assert len(context["attention"]) == 12
    assert (context["attention_total"], context["attention_more"]) == (15, 3)


@pytest.mark.parametrize("rows", [1, 50])
def test_the_dashboard_takes_the_same_queries_however_many(
    client, viewer, rows, django_assert_num_queries
):
    for _ in range(rows):
        checked(90, team=make_team())

    with django_assert_num_queries(QUERIES):
        client.get(DASHBOARD)


QUERIES = 13


@pytest.fixture
def large(monkeypatch):
    monkeypatch.setattr(figures, "size", lambda _: Count(98_765, Certainty.ABOUT))


def test_a_large_inventory_says_when_it_was_counted(client, viewer, large):
    checked(9)
    now = timezone.localtime()
    figures.renew(now=now)

    page = client.get(DASHBOARD)

    assert page.text.count(f"counted at {now:%H:%M}") == 2
    assert [issuer.number for issuer in page.context["issuers"]] == [1]
    assert [bar.total for bar in page.context["weeks"].bars[:2]] == [0, 1]


def test_what_was_counted_on_another_day_is_shown_with_it(client, viewer, large):
    checked(9)
    day = timezone.localtime() - timedelta(days=2)
    figures.renew(now=day)

    assert client.get(DASHBOARD).text.count(f"counted on {day:%-d %b %Y, %H:%M}") == 2


def test_before_the_first_round_nothing_of_many_is_counted(client, viewer, large):
    checked(9)

    page = client.get(DASHBOARD)

    assert page.text.count("Counted at the end of the next round of checks.") == 2
    assert page.context["weeks"] is None


def test_a_bounded_number_begins_its_sentence(client, viewer, monkeypatch):
    monkeypatch.setattr(dashboard, "bounded", partial(bounded, bound=1))
    checked(9)
    checked(9)

    assert "More than 1 end" in client.get(DASHBOARD).text


def test_a_small_inventory_is_counted_without_a_word(client, viewer):
    checked(9)

    assert "counted" not in client.get(DASHBOARD).text
