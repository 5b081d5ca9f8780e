from datetime import timedelta

import pytest
from django.db import connection

from certs.models import Endpoint, Health, Observation
from certs.pki import links
from certs.services import watch
from certs.tests.factories import (
    NOW,
    answers,
    certificates,
    latest,
    make_chain,
    make_endpoint,
    refuses,
)
from certs.tests.services.watching import observe

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("trusted")]


def test_a_check_writes_state_certificates_and_one_observation():
    endpoint = make_endpoint("www.example.org")
    chain = make_chain("www.example.org", days=30)

    (checked,) = observe(endpoint, probe=answers(chain))

    endpoint.refresh_from_db()
    assert checked == endpoint
    assert endpoint.health(NOW) == Health.OK
    assert endpoint.not_after == NOW + timedelta(days=30)
    assert endpoint.issuer == "Test Issuing CA"
    assert endpoint.observed_at == endpoint.changed_at == NOW
    assert certificates().count() == 2
    run = Observation.objects.get()
    assert run.certificate == endpoint.certificate
    assert [c.name for c in run.chain_certificates()] == [
        "www.example.org",
        "Test Issuing CA",
    ]
    assert (run.address, run.tls_version, run.latency_ms) == ("192.0.2.1", "TLSv1.3", 7)


def test_an_equal_result_extends_the_run_instead_of_adding_one():
    endpoint = make_endpoint()
    probe = answers(make_chain(endpoint.host))

    for hour in range(5):
        observe(endpoint, probe=probe, now=NOW + timedelta(hours=hour))

    run = Observation.objects.get()
    assert run.count == 5
    assert (run.first_seen_at, run.last_seen_at) == (NOW, NOW + timedelta(hours=4))
    endpoint.refresh_from_db()
    assert endpoint.changed_at == NOW
    assert endpoint.observed_at == NOW + timedelta(hours=4)


def test_a_check_that_is_written_twice_counts_once():
    endpoint = make_endpoint()
    probe = answers(make_chain(endpoint.host))
    moment = NOW + timedelta(hours=1, microseconds=1_999)

    observe(endpoint, probe=probe)
    for _ in range(2):  # as after a commit whose answer was lost
        observe(endpoint, probe=probe, now=moment)

    run = Observation.objects.get()
    assert run.count == 2
    assert run.last_seen_at == NOW + timedelta(hours=1, milliseconds=1)


@pytest.mark.django_db(transaction=True)
def test_authorities_are_read_before_others_wait_for_the_transaction(monkeypatch):
    endpoint = make_endpoint()
    chain = make_chain(endpoint.host)
    renewed = make_chain(endpoint.host, days=91)
    read = links.read
    in_transaction = []

    def spied(der):
        in_transaction.append(connection.in_atomic_block)
        return read(der)

    monkeypatch.setattr(links, "read", spied)
    observe(endpoint, probe=answers(chain))
    first = len(in_transaction)
    observe(endpoint, probe=answers(chain), now=NOW + timedelta(hours=1))
    again = len(in_transaction)
    observe(endpoint, probe=answers(renewed), now=NOW + timedelta(hours=2))

    assert 0 < first == again < len(in_transaction)
    assert not any(in_transaction)


def test_a_latency_is_written_to_its_first_digit_when_it_is_news():
    endpoint = make_endpoint()
    chain = make_chain(endpoint.host)
    kept = []

    for latency in (5, 9, 90, 110, 351, None, 9):
        observe(endpoint, probe=answers(chain, latency_ms=latency))
        kept.append(Observation.objects.get().latency_ms)

    assert kept == [5, 5, 90, 90, 400, None, 9]


def test_the_last_check_s_words_are_those_of_the_run():
    endpoint = make_endpoint()
    chain = make_chain(endpoint.host)

    for latency in (5, 9):
        observe(endpoint, probe=answers(chain, latency_ms=latency))
        late = {"error_code": "timeout", "error_text": f"After {latency} s."}
        observe(endpoint, probe=answers((), address="", **late))

    _, bad = Observation.objects.order_by("error_code")
    assert bad.error_text == "After 9 s."


def test_checks_that_end_in_the_other_order_count_both():
    endpoint = make_endpoint()
    probe = answers(make_chain(endpoint.host))
    observe(endpoint, probe=probe)

    observe(endpoint, probe=probe, now=NOW + timedelta(hours=2))
    observe(endpoint, probe=probe, now=NOW + timedelta(hours=1))

    run = Observation.objects.get()
    assert run.count == 3
    assert run.last_seen_at == NOW + timedelta(hours=2)


def test_more_runs_than_a_statement_takes_go_on_all_the_same(monkeypatch):
    monkeypatch.setattr("certs.services.history.ROWS", 2)
    endpoints = [make_endpoint() for _ in range(5)]
    chain = make_chain("*.example.org")

    for hour in range(2):
        probe = answers(chain, latency_ms=100 * hour)
        observe(*endpoints, probe=probe, now=NOW + timedelta(hours=hour))

    runs = Observation.objects.all()
    assert {(run.count, run.latency_ms) for run in runs} == {(2, 100)}
    assert len(runs) == 5


def test_a_new_certificate_begins_a_new_run():
    endpoint = make_endpoint()
    old, new = make_chain(endpoint.host), make_chain(endpoint.host)

    observe(endpoint, probe=answers(old))
    observe(endpoint, probe=answers(new), now=NOW + timedelta(days=1))

    assert Observation.objects.count() == 2
    assert Observation.objects.filter(is_latest=True).get() == latest(endpoint)
    endpoint.refresh_from_db()
    assert endpoint.changed_at == NOW + timedelta(days=1)


def test_an_endpoint_is_found_by_the_names_that_it_serves_now():
    endpoint = make_endpoint("www.example.org")
    old, new = make_chain("old.example.net"), make_chain("new.example.net")

    observe(endpoint, probe=answers(old))
    assert list(Endpoint.objects.matching("old.example.net")) == [endpoint]

    observe(endpoint, probe=answers(new), now=NOW + timedelta(days=1))
    assert not Endpoint.objects.matching("old.example.net").exists()
    assert list(Endpoint.objects.matching("new.example.net")) == [endpoint]


def test_going_back_to_the_old_certificate_is_a_third_run():
    endpoint = make_endpoint()
    old, new = make_chain(endpoint.host), make_chain(endpoint.host)

    for day, chain in enumerate((old, new, old)):
        observe(endpoint, probe=answers(chain), now=NOW + timedelta(days=day))

    assert Observation.objects.count() == 3


def test_a_refused_connection_is_recorded_not_raised():
    endpoint = make_endpoint()

    (checked,) = observe(endpoint, probe=refuses)

    assert checked.health(NOW) == Health.UNREACHABLE
    assert (checked.error_code, checked.error_text) == ("refused", "Refused.")
    assert Observation.objects.get().certificate is None


def test_a_failed_check_keeps_the_last_known_certificate():
    endpoint = make_endpoint()
    observe(endpoint, probe=answers(make_chain(endpoint.host, days=30)))

    (checked,) = observe(endpoint, probe=refuses, now=NOW + timedelta(hours=1))

    assert checked.health(NOW) == Health.UNREACHABLE
    assert checked.days_left(NOW) == 30
    assert checked.certificate is not None


def test_an_error_with_a_certificate_is_an_error_that_shows_it():
    endpoint = make_endpoint()
    probe = answers(make_chain(), error_code="closed", error_text="Closed.")

    (checked,) = observe(endpoint, probe=probe)

    assert checked.health(NOW) == Health.UNREACHABLE
    assert Observation.objects.get().certificate is not None


def test_a_certificate_for_another_name_is_named_as_such():
    endpoint = make_endpoint("www.example.org")

    (checked,) = observe(endpoint, probe=answers(make_chain("www.example.com")))

    assert checked.health(NOW) == Health.MISNAMED


def test_the_server_name_is_what_the_certificate_must_cover():
    endpoint = make_endpoint("192.0.2.7", server_name="www.example.org")

    (checked,) = observe(endpoint, probe=answers(make_chain("www.example.org")))

    assert checked.health(NOW) == Health.OK


def test_what_is_deleted_during_its_check_stays_deleted():
    endpoint = make_endpoint()

    def meanwhile(targets):
        Endpoint.objects.all().delete()
        return refuses(targets)

    assert observe(endpoint, probe=meanwhile) == []
    assert not Endpoint.objects.exists()


def test_what_moves_during_its_check_is_not_given_the_old_place_s_state():
    endpoint = make_endpoint()

    def meanwhile(targets):
        Endpoint.objects.update(port=8443)
        return refuses(targets)

    assert observe(endpoint, probe=meanwhile) == []
    assert Endpoint.objects.get().status == "unknown"


def test_a_note_written_during_a_check_is_kept():
    endpoint = make_endpoint()

    def meanwhile(targets):
        Endpoint.objects.update(notes="Written meanwhile")
        return refuses(targets)

    observe(endpoint, probe=meanwhile)

    assert Endpoint.objects.get().notes == "Written meanwhile"


def test_a_server_without_a_certificate_is_an_error():
    (checked,) = observe(make_endpoint(), probe=answers(()))

    assert checked.error_code == "no_certificate"


def test_a_round_takes_the_same_queries_however_many(django_assert_num_queries):
    chain = make_chain("*.example.org")
    few = [make_endpoint() for _ in range(2)]
    many = [make_endpoint() for _ in range(50)]
    observe(*few, *many, probe=answers(chain))

    with django_assert_num_queries(12):
        observe(*few, probe=answers(chain))
    with django_assert_num_queries(12):
        observe(*many, probe=answers(chain))


def test_rounds_larger_than_a_batch_are_written_batch_by_batch(monkeypatch):
    monkeypatch.setattr(watch, "BATCH", 2)
    endpoints = [make_endpoint() for _ in range(5)]

    checked = watch.observe(endpoints, now=NOW, probe=refuses)

    assert [Observation.objects.count() for _ in checked] == [2, 2, 4, 4, 5]


def test_a_look_writes_nothing():
    endpoint = Endpoint(host="www.example.org", port=443)
    probe = answers(make_chain("www.example.org", days=3))

    (looked,) = watch.look([endpoint], now=NOW, probe=probe)

    assert looked.health(NOW) == Health.CRITICAL
    assert not Endpoint.objects.exists()
    assert not certificates().exists()


def test_whether_to_warn_is_asked_again_only_when_the_state_has_changed():
    endpoint = make_endpoint()
    probe = answers(make_chain(endpoint.host))
    later = NOW + timedelta(days=1)

    observe(endpoint, probe=probe)
    endpoint.refresh_from_db()
    assert endpoint.next_notice_at == NOW

    Endpoint.objects.update(next_notice_at=later)
    observe(endpoint, probe=probe, now=NOW + timedelta(hours=1))
    endpoint.refresh_from_db()
    assert endpoint.next_notice_at == later
