from datetime import timedelta

import pytest
from django.db import OperationalError

from certs.models import DeepCheck, Endpoint
from certs.pki.deep import DeepResult, OfferedSuite
from certs.services import patience, survey
from certs.tests.factories import NOW, make_endpoint

pytestmark = pytest.mark.django_db
SUITE = OfferedSuite(
    version="TLSv1.2",
    name="TLS_RSA_WITH_AES_128_CBC_SHA",
    openssl_name="AES128-SHA",
    key_exchange="RSA",
    authentication="RSA",
    bits=128,
    has_forward_secrecy=False,
    is_aead=False,
    is_weak=False,
)


def shows(**fields):
    """A deep check that shows the same of every target; no network."""

    def deep(targets):
        return [
            DeepResult(
                host=target.host,
                port=target.port,
                server_name=target.server_name,
                **fields,
            )
            for target in targets
        ]

    return deep


def ask(*endpoints, deep=None, now=NOW):
    return list(survey.survey(endpoints, now=now, deep=deep or shows()))


def test_what_was_shown_is_kept_and_can_be_read_again():
    endpoint = make_endpoint()
    shown = {"versions": ("TLSv1.2",), "suites": (SUITE,), "is_complete": True}

    assert ask(endpoint, deep=shows(**shown)) == [endpoint]

    kept = DeepCheck.objects.get()
    assert (kept.endpoint, kept.observed_at) == (endpoint, NOW)
    again = DeepResult.from_json(kept.result)
    assert (again.host, again.versions, again.suites) == (
        endpoint.host,
        ("TLSv1.2",),
        (SUITE,),
    )


def test_the_next_deep_check_takes_its_place():
    endpoint = make_endpoint()
    later = NOW + timedelta(days=1)

    ask(endpoint, deep=shows(versions=("TLSv1",)))
    ask(endpoint, deep=shows(versions=("TLSv1.3",)), now=later)

    kept = DeepCheck.objects.get()
    assert kept.observed_at == later
    assert kept.result["versions"] == ["TLSv1.3"]


def test_an_endpoint_that_does_not_answer_is_kept_with_the_reason():
    ask(make_endpoint(), deep=shows(error_code="refused", error_text="Refused."))

    assert DeepCheck.objects.get().result["error_code"] == "refused"


def test_it_goes_where_the_checks_go():
    endpoint = make_endpoint(
        "mail.example.org", port=587, starttls="smtp", server_name="mx.example.org"
    )
    asked = []

    def deep(targets):
        asked.extend(targets)
        return shows()(targets)

    ask(endpoint, deep=deep)

    assert asked == [endpoint.target]
    assert asked[0].starttls.value == "smtp"


def test_what_is_deleted_during_its_deep_check_stays_deleted():
    gone, stays = make_endpoint(), make_endpoint()

    def meanwhile(targets):
        Endpoint.objects.filter(pk=gone.pk).delete()
        return shows()(targets)

    assert ask(gone, stays, deep=meanwhile) == [stays]
    assert DeepCheck.objects.get().endpoint == stays


def test_what_moves_during_its_deep_check_is_not_given_the_old_place_s_answers():
    endpoint = make_endpoint()

    def meanwhile(targets):
        Endpoint.objects.update(port=8443)
        return shows()(targets)

    assert ask(endpoint, deep=meanwhile) == []
    assert not DeepCheck.objects.exists()


def test_a_deep_check_goes_with_its_endpoint():
    endpoint = make_endpoint()
    ask(endpoint)

    endpoint.delete()

    assert not DeepCheck.objects.exists()


def test_many_are_asked_some_at_a_time(monkeypatch):
    monkeypatch.setattr(survey, "BATCH", 2)
    endpoints = [make_endpoint() for _ in range(5)]
    asked = []

    def deep(targets):
        asked.append(len(targets))
        return shows()(targets)

    assert ask(*endpoints, deep=deep) == endpoints
    assert asked == [2, 2, 1]


@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_the_answers_are_kept(monkeypatch):
    endpoint = make_endpoint()
    write, left = DeepCheck.objects.update_or_create, [OperationalError("gone")]
    monkeypatch.setattr(patience.patiently, "__kwdefaults__", {"waits": (0,)})
    asked = []

    def deep(targets):
        asked.extend(targets)
        return shows()(targets)

    def fail_once(**values):
        if left:
            raise left.pop()
        return write(**values)

    with monkeypatch.context() as patch:
        patch.setattr(DeepCheck.objects, "update_or_create", fail_once)
        assert ask(endpoint, deep=deep) == [endpoint]

    assert len(asked) == 1
    assert DeepCheck.objects.get().endpoint == endpoint
