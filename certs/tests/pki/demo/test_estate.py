from collections import Counter

import pytest

from certs.pki.demo import words
from certs.pki.demo.estate import PLACES, Fate, place
from certs.pki.hostnames import to_ascii
from certs.pki.rating import Grade
from certs.tests.factories import NOW


@pytest.fixture(scope="module")
def places():
    return [place(number, seed=1, now=NOW) for number in range(5000)]


def test_the_same_seed_gives_the_same_places_and_another_gives_others():
    def some(seed):
        return [
            (each.port, each.names, each.fate, each.spans)
            for each in (place(number, seed=seed, now=NOW) for number in range(50))
        ]

    assert some(1) == some(1)
    assert some(1) != some(2)


def test_no_two_numbers_have_the_same_host():
    numbers = [*range(3000), *range(PLACES, PLACES + 3000)]
    hosts = {place(number, seed=1, now=NOW).host for number in numbers}

    assert len(hosts) == len(numbers)


def test_names_lead_nowhere_and_are_written_as_they_are_stored(places):
    assert all(each.host.endswith(".example") for each in places)
    assert all(to_ascii(each.host) == each.host for each in places[:200])


def test_every_fate_occurs_and_most_are_good(places):
    fates = Counter(each.fate for each in places)

    assert set(fates) == set(Fate)
    assert fates[Fate.GOOD] > 0.85 * len(places)


def test_grades_are_spread_and_those_below_all_others_have_their_reason(places):
    grades = Counter(each.grade for each in places)

    assert set(grades) == set(Grade) - {Grade.D, Grade.E}
    assert 0.01 < grades[Grade.T] / len(places) < 0.05
    assert grades[Grade.A] > 0.4 * len(places)
    for each in places:
        assert (each.grade is Grade.T) == (each.fate is Fate.UNTRUSTED)
        assert (each.grade is Grade.M) == (each.fate is Fate.MISNAMED)


def test_history_is_in_order_and_ends_now_at_the_latest(places):
    for each in places:
        for span in each.spans:
            assert span.not_before <= span.not_after
            assert span.first_seen <= span.last_seen <= NOW
        for before, after in zip(each.spans, each.spans[1:], strict=False):
            assert before.last_seen < after.first_seen


def test_lifetimes_are_those_that_authorities_give(places):
    days = {
        (span.not_after - span.not_before).days
        for each in places
        for span in each.spans
    }

    assert days == {47, 90, 200, 397}
    assert len(words.ISSUERS) == len({each.issuer for each in places})
