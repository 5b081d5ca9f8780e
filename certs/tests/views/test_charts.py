from datetime import date
from zoneinfo import ZoneInfo

import pytest

from certs.models import Endpoint
from certs.services.figures import Ranking
from certs.tests.factories import NOW, make_checked
from certs.views import charts


def by_week(now):
    numbers = Endpoint.objects.ending_between(charts.weeks(now))
    return charts.expiries_by_week(numbers, now=now)


@pytest.mark.django_db
def test_what_ends_is_counted_in_its_week_and_environment():
    make_checked(days=0)
    make_checked(days=6)
    make_checked(days=7, environment="staging")
    make_checked(days=26 * 7)  # after the last week
    make_checked(days=-1)

    chart = by_week(NOW)

    assert [bar.total for bar in chart.bars] == [2, 1] + [0] * 24
    assert chart.bars[0].values == [2, 0, 0]
    assert chart.bars[1].values == [0, 1, 0]
    assert chart.bars[1].start == date(2026, 11, 28)
    assert "1 staging" in chart.bars[1].reading
    assert chart.bars[2].reading == "Week of 5 Dec 2026: 0 end"


@pytest.mark.django_db
def test_a_week_begins_at_the_viewer_s_midnight():
    make_checked(days=6, now=NOW.replace(hour=22))
    tokyo = NOW.astimezone(ZoneInfo("Asia/Tokyo"))

    chart = by_week(tokyo)

    assert [bar.total for bar in chart.bars[:2]] == [0, 1]


@pytest.mark.django_db
def test_bars_stay_inside_the_plot_and_stand_on_its_floor():
    for days in (1, 1, 1, 8):
        make_checked(days=days)

    chart = by_week(NOW)

    (segment,) = chart.bars[0].segments
    assert 0 <= segment.y < chart.height
    assert chart.height - 2 < segment.y + segment.height <= chart.height
    assert chart.ticks == [("0", 180), ("1", 120), ("2", 60), ("3", 0)]


def test_a_year_is_marked_once_a_month():
    counts = [[0] for _ in range(26)]

    chart = charts._stacked(counts, ["x"], start=date(2026, 11, 21))

    labels = [bar.label for bar in chart.bars if bar.label]
    assert labels == ["Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May"]


@pytest.mark.parametrize(
    ("highest", "top"),
    [(0, 1), (1, 1), (3, 3), (7, 8), (18, 20), (47_231, 60_000), (10**9, 10**9)],
)
def test_the_axis_ends_at_a_round_number_above_the_highest(highest, top):
    assert charts._scale(highest)[0] == top


def test_thousands_are_short_on_the_axis_and_whole_in_words():
    chart = charts._stacked([[9_812], [1]], ["Production"], start=date(2026, 11, 21))

    assert [label for label, _ in chart.ticks] == ["0", "2.5k", "5k", "7.5k", "10k"]
    assert chart.bars[0].reading == "Week of 21 Nov 2026: 9,812 end (9,812 production)"


def test_shares_are_of_the_whole_and_widths_of_the_longest():
    issuers = Ranking(first=[("A", 60), ("B", 30)], total=100)

    rows = charts.shares(issuers, rows=2)

    assert [(r.name, r.percent, r.width) for r in rows] == [
        ("A", 60, 100),
        ("B", 30, 50),
    ]
    assert charts.shares(Ranking(first=[], total=0), rows=2) == []
