import pytest

from bench.report import Results, report, summary
from bench.timing import Timing


def at(p50, p95=None, rows=25):
    return Timing(p50=p50, p95=p95 or p50, rows=rows)


def results(*, vendor="sqlite", **pages):
    """Timings of each page at 1,000 and 100,000 and a million endpoints."""
    sizes = (1000, 100_000, 1_000_000)
    return Results(
        vendor=vendor,
        pages={
            size: {name: timings[place] for name, timings in pages.items()}
            for place, size in enumerate(sizes)
        },
        rates={1000: {"export": "9"}, 100_000: {"export": "8"}, 1_000_000: {}},
    )


def test_a_page_has_its_times_and_its_growth_in_one_line():
    found = results(list=[at(20, 30), at(30, 45), at(300, 400)])

    lines = report(found).splitlines()

    assert "| Page | 1,000 | 100,000 | 1,000,000 | growth to 100,000 |" in lines
    assert "| list | 20 / 30 | 30 / 45 | 300 / 400 | 1.5 × |" in lines
    assert "| export | 9 | 8 | – |" in lines


def test_limits_are_held_against_100000_endpoints():
    found = results(list=[at(20), at(30, 200), at(300, 400)])

    text = summary(found)

    assert "- p95 ≤ 200 ms: all within" in text
    assert "- growth ≤ 2 × (p50): all within" in text


def test_a_page_grows_from_where_it_is_full():
    pages = {
        1000: {"list": at(10, rows=3)},
        10_000: {"list": at(20, rows=24)},
        100_000: {"list": at(30)},
    }
    found = Results(vendor="sqlite", pages=pages, rates={size: {} for size in pages})

    text = report(found)

    assert "| list | 10 / 10 | 20 / 20 | 30 / 30 | 1.5 × from 10,000 |" in text
    assert "- growth ≤ 2 × (p50): all within" in text


def test_what_is_over_a_limit_is_named():
    found = results(list=[at(20), at(30, 201), at(1)], detail=[at(10), at(21), at(1)])

    text = summary(found)

    assert "- p95 ≤ 200 ms: 1 over: list (201)" in text
    assert "- growth ≤ 2 × (p50): 1 over: detail (2.1 ×)" in text


@pytest.mark.parametrize(("p95", "verdict"), [(400, "all within"), (401, "1 over")])
def test_mongodb_has_a_limit_of_its_own(p95, verdict):
    found = results(vendor="mongodb", list=[at(300), at(300, p95), at(1)])

    assert f"- p95 ≤ 400 ms: {verdict}" in summary(found)


def test_a_page_that_failed_is_named_and_judged_by_nothing():
    found = results(list=[at(20), None, at(30)])

    text = report(found)

    assert "| list | 20 / 20 | – | 30 / 30 | – |" in text
    assert "- failed: list at 100,000" in text


def test_one_size_has_no_growth():
    found = Results(
        vendor="sqlite", pages={500: {"list": at(20)}}, rates={500: {"export": "9"}}
    )

    text = report(found)

    assert "| list | 20 / 20 | – |" in text
    assert "growth ≤" not in text
