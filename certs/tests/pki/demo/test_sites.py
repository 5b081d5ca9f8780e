from collections import Counter
from itertools import islice

import pytest

from certs.pki.demo import sites
from certs.pki.demo.estate import Fate
from certs.pki.x509 import parse_der
from certs.tests.factories import NOW


def make(size, *, first=0, seed=1):
    return next(sites.batches(size, first=first, seed=seed, now=NOW))


@pytest.fixture(scope="module")
def some():
    return make(600)


def test_the_same_seed_gives_the_same_sites_however_they_are_batched(some):
    batches = sites.batches(150, first=0, seed=1, now=NOW)

    assert [site for batch in islice(batches, 4) for site in batch] == some
    assert make(20, seed=2) != some[:20]


def test_a_later_beginning_gives_the_later_places():
    assert [site.place for site in make(20)][10:] == [
        site.place for site in make(10, first=10)
    ]


def test_what_is_said_of_the_certificates_is_what_is_read_from_them(some):
    for site in some[:100]:
        for seen in site.seen:
            assert seen.certificate == parse_der(seen.certificate.der)
            assert seen.certificate.dns_names == site.place.names


def test_only_places_that_are_well_share_a_certificate(some):
    served = Counter(
        seen.certificate.fingerprint_sha256 for site in some for seen in site.seen
    )
    shared = {key for key, number in served.items() if number > 1}

    assert shared
    for site in some:
        if any(seen.certificate.fingerprint_sha256 in shared for seen in site.seen):
            assert site.place.fate is Fate.GOOD
            assert site.place.names[0].startswith("*")


def test_nothing_is_seen_in_the_future_or_after_the_failure(some):
    for site in some:
        for seen in site.seen:
            assert seen.first <= seen.last <= NOW
            if site.place.failed:
                assert seen.last <= max(site.place.failed, seen.first)
