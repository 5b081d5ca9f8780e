from io import StringIO

import pytest
from django.core.management import call_command

from certs.models import Certificate, CertificateText, Endpoint, EndpointText
from certs.services import inventory, search
from certs.tests.factories import make_certificate, make_checked, make_endpoint

pytestmark = pytest.mark.django_db


def test_words_that_are_missing_or_wrong_are_written_anew(monkeypatch):
    monkeypatch.setattr(search, "BATCH", 2)
    endpoints = [make_checked() for _ in range(5)]
    EndpointText.objects.filter(endpoint=endpoints[0].pk).delete()
    EndpointText.objects.filter(endpoint=endpoints[1].pk).update(text="wrong")
    CertificateText.objects.all().delete()
    out = StringIO()

    call_command("rebuild_search", stdout=out)

    assert "10 rows can be found again" in out.getvalue()
    assert list(Endpoint.objects.matching(endpoints[0].host)) == [endpoints[0]]
    assert not Endpoint.objects.matching("wrong").exists()
    assert Certificate.objects.matching("Test Issuing").count() == 5


def test_what_changes_is_found_by_its_new_words():
    endpoint = make_endpoint("old.example.org")
    endpoint.host = "new.example.org"
    inventory.save_endpoint(endpoint)

    assert list(Endpoint.objects.matching("new.exa")) == [endpoint]
    assert not Endpoint.objects.matching("old.exa").exists()


def test_a_host_is_found_as_people_write_it():
    endpoint = make_endpoint("xn--bcher-kva.example")

    for term in ("bücher", "BÜCHER.ex", "xn--bcher"):
        assert list(Endpoint.objects.matching(term)) == [endpoint]


def test_words_go_with_what_they_stand_for():
    endpoint, certificate = make_endpoint(), make_certificate()

    inventory.delete_endpoints([endpoint])
    certificate.delete()

    assert not EndpointText.objects.exists()
    assert not CertificateText.objects.exists()


def test_many_answers_are_the_same_as_few(monkeypatch):
    rows = [make_checked(contacts=["ann@example.org"]) for _ in range(4)]
    make_endpoint("other.example.net")
    monkeypatch.setattr("certs.models.search.MANY", 2)

    for term in ("host", "Test Issuing", "ann@"):
        assert set(Endpoint.objects.matching(term)) == set(rows), term
    assert Certificate.objects.matching("Test Issuing").count() == 4
