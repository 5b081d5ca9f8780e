from collections import Counter

import pytest

from certs.models import Certificate, Endpoint, Health, Observation
from certs.pki.demo import sites
from certs.pki.x509 import parse_der
from certs.services import seed, watch
from certs.tests.factories import NOW, latest, make_endpoint, refuses

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def plant(endpoints, **options):
    return sum(seed.plant(endpoints, **{"seed": 1, "now": NOW, **options}))


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(seed, "BATCH", 150)
    monkeypatch.setattr(seed, "CONTACTS", 10)


def test_rows_say_what_their_certificates_say():
    plant(200)

    for row in Certificate.objects.all():
        again = Certificate.from_parsed(parse_der(bytes(row.der)), now=row.created_at)
        for name in ("subject", "serial_number", "dns_names", "issuer_name", "key"):
            assert getattr(row, name) == getattr(again, name)
        assert (row.not_before, row.not_after) == (again.not_before, again.not_after)


def test_the_state_is_what_the_last_checks_found():
    plant(400)

    healths = Counter(row.health(NOW) for row in Endpoint.objects.all())
    assert healths[Health.OK] > 300
    assert {Health.UNREACHABLE, Health.EXPIRED, Health.CRITICAL} <= set(healths)
    assert 0 < healths[Health.UNTRUSTED] < 30
    for endpoint in Endpoint.objects.filter(status="up"):
        run = latest(endpoint)
        assert run.certificate_id == endpoint.certificate_id
        assert run.is_latest
        assert (run.is_trusted, run.grade) == (endpoint.is_trusted, endpoint.grade)
        assert endpoint.findings == tuple(each["code"] for each in run.findings)
    grades = set(Endpoint.objects.values_list("grade", flat=True))
    assert {"", "A+", "A", "A-", "B", "T"} <= grades


def test_a_check_goes_on_where_the_estate_ends():
    plant(20)
    before = Observation.objects.count()

    list(watch.observe(Endpoint.objects.filter(status="up"), now=NOW, probe=refuses))

    assert Observation.objects.count() > before


def test_what_is_there_already_stays_and_is_not_made_again():
    make_endpoint("mine.example.org")

    assert plant(200) == 200
    assert plant(100) == 100
    assert Endpoint.objects.count() == 301


def test_to_add_none_ends_at_once():
    assert plant(0) == 0
    assert not Endpoint.objects.exists()


def test_whoever_stops_it_keeps_whole_batches():
    batches = seed.plant(400, seed=1, now=NOW)

    next(batches)
    batches.close()

    assert Endpoint.objects.count() == 150
    assert not Endpoint.objects.filter(contacts=None).exists()


def test_a_large_estate_is_made_in_two_processes_and_is_the_same(monkeypatch):
    monkeypatch.setattr(seed, "ALONE", 100)

    plant(200)

    wanted = {
        each.certificate.fingerprint_sha256
        for site in next(sites.batches(200, first=0, seed=1, now=NOW))
        for each in site.seen
    }
    leaves = Certificate.objects.filter(is_ca=False)
    assert set(leaves.values_list("fingerprint_sha256", flat=True)) == wanted


def test_an_estate_with_gaps_is_filled_up():
    plant(300)
    Endpoint.objects.filter(host__startswith="www.").delete()
    gone = 300 - Endpoint.objects.count()

    assert plant(gone + 10) == gone + 10
    assert Endpoint.objects.count() == 310
    assert Endpoint.objects.filter(host__startswith="www.").count() >= gone


def test_several_places_serve_one_wildcard_certificate():
    plant(600)

    served = Counter(
        Endpoint.objects.filter(certificate__common_name__startswith="*").values_list(
            "certificate", flat=True
        )
    )
    assert max(served.values()) > 1
