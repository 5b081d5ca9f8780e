"""Figures of a large inventory; a handful of rows is "large" here."""

import random
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from certs.models import Endpoint, Figure
from certs.models.counting import Certainty, Count
from certs.models.endpoint_questions import Questions
from certs.models.quarters import QUARTER
from certs.services import figures, patience
from certs.tests.factories import NOW, make_checked, make_endpoint
from certs.views import charts

pytestmark = pytest.mark.django_db
LATER = NOW + figures.EVERY


@pytest.fixture
def large(monkeypatch):
    monkeypatch.setattr(figures, "size", lambda _: Count(98_765, Certainty.ABOUT))


def ranking(now=NOW):
    return figures.ranking(now=now)


def ends(now=NOW):
    return figures.ends(charts.weeks(now), now=now)


def spread(rows=60):
    """Endpoints that end at any time around the weeks of the chart."""
    chance = random.Random(1)  # noqa: S311 - the same rows in each run
    environments = list(Endpoint.Environment)
    midnight = NOW.replace(hour=0)
    for number in range(rows):
        quarters = chance.randrange(-3 * 96, 32 * 7 * 96)
        odd = timedelta(seconds=chance.choice((-1, 0, 1, 450)))
        Endpoint.objects.create(
            host=f"host{number}.example.org",
            environment=chance.choice(environments),
            not_after=midnight + QUARTER * quarters + odd,
        )


def test_a_small_inventory_is_counted_for_each_page():
    make_checked()
    figures.renew(now=NOW)
    make_checked()

    assert ranking() == figures.Ranking(first=[("Test Issuing CA", 2)], total=2)
    assert sum(sum(week.values()) for week in ends().numbers) == 2
    assert ends().counted_at is None
    assert not Figure.objects.exists()


def test_a_large_one_is_shown_as_it_was_counted(large):
    make_checked()
    figures.renew(now=NOW)
    make_checked()

    for _ in range(2):
        assert ranking(LATER) == figures.Ranking(
            first=[("Test Issuing CA", 1)], total=1, counted_at=NOW
        )
        assert sum(sum(week.values()) for week in ends(LATER).numbers) == 1
        assert ends(LATER).counted_at == NOW

    figures.renew(now=LATER)

    assert (ranking(LATER).total, ranking(LATER).counted_at) == (2, LATER)
    assert sum(sum(week.values()) for week in ends(LATER).numbers) == 2


def test_it_is_counted_once_a_minute_however_many_write(large):
    figures.renew(now=NOW)
    make_endpoint()

    figures.renew(now=LATER - timedelta(seconds=1))

    assert ranking(LATER).total == 0


@pytest.mark.parametrize("ask", [ranking, ends])
def test_where_nothing_is_counted_yet_a_page_does_not_count(large, ask):
    make_checked()

    assert ask() is None
    assert not Figure.objects.exists()


@pytest.mark.parametrize("ask", [ranking, ends])
def test_while_somebody_counts_nobody_else_does(large, ask):
    for kind in Figure.Kind:
        Figure.objects.create(kind=kind, claimed_at=NOW)

    figures.renew(now=LATER - timedelta(seconds=1))
    assert ask(LATER) is None
    figures.renew(now=LATER)  # who began must have died
    assert ask(LATER).counted_at == LATER


@pytest.mark.parametrize("ask", [ranking, ends])
def test_what_nobody_has_renewed_for_a_week_is_shown_to_nobody(large, ask):
    figures.renew(now=NOW)

    last = NOW + figures.GOOD_FOR - timedelta(seconds=1)
    assert ask(last).counted_at == NOW
    assert ask(NOW + figures.GOOD_FOR) is None


@pytest.mark.parametrize(
    "zone",
    ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"],
)
@pytest.mark.parametrize("age", [timedelta(), figures.GOOD_FOR - timedelta(seconds=1)])
def test_weeks_are_the_viewer_s_as_if_they_were_counted_for_the_page(
    monkeypatch, zone, age
):
    spread()
    now = (NOW + age).astimezone(ZoneInfo(zone))
    counted = ends(now).numbers
    monkeypatch.setattr(figures, "size", lambda _: Count(98_765, Certainty.ABOUT))
    figures.renew(now=NOW)

    stored = ends(now)

    assert stored.counted_at == NOW
    assert stored.numbers == counted
    assert len(counted) == charts.WEEKS


def test_only_the_first_issuers_are_stored_and_all_are_in_the_total(large, monkeypatch):
    monkeypatch.setattr(figures, "FIRST_ISSUERS", 2)
    for number, issuer in enumerate(("A", "B", "B", "C", "C", "C")):
        Endpoint.objects.create(host=f"h{number}.example.org", issuer=issuer)

    figures.renew(now=NOW)

    assert ranking().first == [("C", 3), ("B", 2)]
    assert ranking().total == 6


@pytest.mark.parametrize("ask", [ranking, ends])
def test_a_page_reads_one_row_and_counts_nothing(large, ask):
    spread()
    figures.renew(now=NOW)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        ask(LATER)

    (statement,) = asked.captured_queries
    assert Figure._meta.db_table in statement["sql"]
    assert Endpoint._meta.db_table not in statement["sql"]


@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_the_counting_waits(large, monkeypatch):
    make_checked()
    left = [OperationalError("gone")]
    monkeypatch.setattr(patience, "LONG", (0,))
    count = Questions.issuer_counts

    def fail_once(rows):
        if left:
            raise left.pop()
        return count(rows)

    with monkeypatch.context() as patch:
        patch.setattr(Questions, "issuer_counts", fail_once)
        figures.renew(now=NOW)

    assert not left
    assert ranking().counted_at == NOW
