"""What a check sees: certificates that are new, kept, shared or none at all."""

from datetime import timedelta

import pytest

from certs.models import Certificate, Health, Observation
from certs.pki.x509 import parse_der
from certs.services import inventory, sights
from certs.tests.factories import (
    NOW,
    answers,
    certificates,
    make_chain,
    make_endpoint,
)
from certs.tests.services.watching import observe

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("trusted")]


def test_a_leaf_that_is_no_certificate_is_an_error_with_a_code():
    endpoint = make_endpoint()

    (checked,) = observe(endpoint, probe=answers((b"junk",)))

    assert checked.error_code == "bad_certificate"
    assert checked.error_text
    assert not certificates().exists()


def test_a_leaf_that_is_no_certificate_is_the_same_error_each_time():
    endpoint = make_endpoint()
    probe = answers((b"junk", make_chain()[1]))

    for hour in range(2):
        observe(endpoint, probe=probe, now=NOW + timedelta(hours=hour))

    run = Observation.objects.get()
    assert (run.count, run.error_code, run.chain) == (2, "bad_certificate", ())


def test_junk_further_up_the_chain_is_left_out():
    endpoint = make_endpoint()
    leaf, intermediate = make_chain(endpoint.host)

    (checked,) = observe(endpoint, probe=answers((leaf, b"junk", intermediate)))

    assert checked.health(NOW) == Health.OK
    assert len(Observation.objects.get().chain) == 2


def test_what_is_kept_is_not_read_again(monkeypatch):
    endpoint, chain = make_endpoint("www.example.org"), make_chain("www.example.org")
    imported = inventory.store([parse_der(der) for der in chain], now=NOW)
    monkeypatch.setattr(sights, "parse_der", None)  # whoever calls it fails

    (checked,) = observe(endpoint, probe=answers(chain))

    assert checked.health(NOW) == Health.OK
    assert checked.certificate in imported.values()
    assert Observation.objects.get().chain == tuple(imported)


def test_of_a_chain_that_is_kept_in_part_the_rest_is_read_and_kept():
    endpoint = make_endpoint("www.example.org")
    leaf, intermediate = make_chain("www.example.org")
    inventory.store([parse_der(intermediate)], now=NOW - timedelta(days=1))

    (checked,) = observe(endpoint, probe=answers((leaf, b"junk", intermediate)))

    assert checked.health(NOW) == Health.OK
    first_seen = sorted(certificates().values_list("created_at", flat=True))
    assert first_seen == [NOW - timedelta(days=1), NOW]


def test_a_kept_certificate_is_for_the_names_that_were_kept():
    right, wrong = make_endpoint("www.example.org"), make_endpoint("192.0.2.8")
    chain = make_chain("www.example.org", ip_addresses=("192.0.2.7",))
    for _ in range(2):
        observe(right, wrong, probe=answers(chain))

    right.refresh_from_db()
    wrong.refresh_from_db()
    assert (right.name_matches, wrong.name_matches) == (True, False)
    assert Observation.objects.count() == 2


def test_two_endpoints_with_one_certificate_share_its_row():
    one, two = make_endpoint("a.example.org"), make_endpoint("b.example.org")
    chain = make_chain("a.example.org", "b.example.org")

    observe(one, two, probe=answers(chain))

    assert set(Certificate.objects.get(is_ca=False).endpoints.all()) == {one, two}
