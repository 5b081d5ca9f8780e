from datetime import UTC, datetime, timedelta

import pytest

from certs.models import Endpoint
from certs.models.quarters import QUARTER, Quarter, quarter
from certs.tests.factories import NOW, make_endpoint


def test_quarters_are_numbered_from_1970():
    assert quarter(datetime(1970, 1, 1, tzinfo=UTC)) == 0
    assert quarter(datetime(1970, 1, 2, 0, 14, 59, tzinfo=UTC)) == 96


@pytest.mark.django_db
@pytest.mark.parametrize("milliseconds", [-1000, -1, 0, 1, 450_000, 899_999])
def test_the_database_finds_the_same_quarter(milliseconds):
    moment = NOW + 5 * QUARTER + timedelta(milliseconds=milliseconds)
    endpoint = make_endpoint()
    Endpoint.objects.filter(pk=endpoint.pk).update(not_after=moment)

    found = Endpoint.objects.annotate(quarter=Quarter("not_after"))

    assert found.values_list("quarter", flat=True).get() == quarter(moment)
