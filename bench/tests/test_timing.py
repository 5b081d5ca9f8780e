import time

import pytest

from bench.timing import timed


def test_the_first_time_is_not_counted(monkeypatch):
    clock = iter([0.0, 0.0, 5.0, 5.0, 5.1, 6.0, 6.2])
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))

    took = timed(lambda: None, repeat=2)

    assert round(took.p50) == 150
    assert round(took.p95) == 200


def test_what_takes_long_is_asked_once(monkeypatch):
    clock = iter([0.0, 0.0, 40.0])
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    asked = []

    took = timed(lambda: asked.append(1), repeat=20)

    assert took.p50 == 40_000
    assert asked == [1]


@pytest.mark.parametrize(
    ("answer", "rows"),
    [("<table><tr><td><tr class='x'></table>", 2), (["a", "b", "c"], 3), (None, 0)],
)
def test_rows_are_those_of_a_list_or_of_the_tables_of_a_page(answer, rows):
    assert timed(lambda: answer, repeat=1).rows == rows
