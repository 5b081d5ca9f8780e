import time

from accounts.identifiers import uuid7


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
