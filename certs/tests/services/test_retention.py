from datetime import timedelta

import pytest

from certs.models import Observation
from certs.services import retention
from certs.tests.factories import NOW, make_certificate, make_endpoint

pytestmark = pytest.mark.django_db

RUNS, *_ = retention.KINDS
LIMIT = NOW - retention.KEPT
INSTANT = timedelta(milliseconds=1)


@pytest.fixture
def endpoint():
    return make_endpoint()


def make_run(endpoint, last_seen_at, *, is_latest=False, **fields):
    return Observation.objects.create(
        endpoint=endpoint,
        first_seen_at=last_seen_at - timedelta(days=1),
        last_seen_at=last_seen_at,
        is_latest=is_latest,
        **fields,
    )


def test_a_run_is_kept_to_the_last_instant_of_its_time(endpoint):
    kept = make_run(endpoint, LIMIT)
    make_run(endpoint, LIMIT - INSTANT)

    assert list(retention.prune(RUNS, now=NOW)) == [1]

    assert Observation.objects.get() == kept


def test_the_latest_run_of_each_address_is_kept_however_old(endpoint):
    old = NOW - timedelta(days=4000)
    open_runs = {
        make_run(endpoint, old, address=address, is_latest=True)
        for address in ("192.0.2.1", "192.0.2.2")
    }
    make_run(endpoint, old - timedelta(days=1), address="192.0.2.1")

    assert list(retention.prune(RUNS, now=NOW)) == [1]

    assert set(Observation.objects.all()) == open_runs


def test_each_batch_is_counted_and_stopping_between_two_keeps_the_rest(endpoint):
    for day in range(5):
        make_run(endpoint, LIMIT - timedelta(days=1 + day))
    steps = retention.prune(RUNS, now=NOW, batch=2)

    assert next(steps) == 2
    assert retention.due(RUNS, now=NOW) == 3

    assert list(steps) == [2, 1]
    assert retention.due(RUNS, now=NOW) == 0


def test_endpoints_and_certificates_stay(endpoint):
    certificate = make_certificate(endpoint.host)
    make_run(endpoint, LIMIT - INSTANT, certificate=certificate)

    list(retention.prune(RUNS, now=NOW))

    endpoint.refresh_from_db()
    certificate.refresh_from_db()
    assert not Observation.objects.exists()
