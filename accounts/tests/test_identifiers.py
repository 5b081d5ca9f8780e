import time
from datetime import UTC, datetime

from accounts import identifiers
from accounts.identifiers import earliest, uuid7


def test_an_identifier_is_a_uuid_of_version_7():
    made = uuid7()

    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


def test_identifiers_sort_by_the_time_they_were_made():
    before = time.time_ns() // 1_000_000
    first = uuid7()
    time.sleep(0.002)
    second = uuid7()

    assert before <= first.int >> 80 <= time.time_ns() // 1_000_000
    assert first < second


def test_no_two_are_the_same():
    assert len({uuid7() for _ in range(1000)}) == 1000


def test_those_of_one_process_grow_also_when_the_clock_is_put_back(monkeypatch):
    moments = iter([5_000_000, 5_000_001, 3_000_000, 9_000_000])
    monkeypatch.setattr(time, "time_ns", lambda: next(moments))
    monkeypatch.setattr(identifiers, "_last", 0)

    made = [uuid7() for _ in range(4)]

    assert made == sorted(made)
    assert {each.version for each in made} == {7}


def test_the_earliest_of_a_moment_is_above_all_before_it():
    before = uuid7()
    time.sleep(0.002)
    border = earliest(datetime.now(UTC))  # noqa: TID251 - the clock is what is tested
    time.sleep(0.002)

    assert before < border < uuid7()
    assert border.version == 7
