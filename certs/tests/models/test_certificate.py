from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from certs.models import Certificate
from certs.pki.x509 import parse_der
from certs.tests.factories import NOW, make_certificate, make_chain

pytestmark = pytest.mark.django_db


def test_a_row_says_what_the_certificate_says():
    certificate = make_certificate(
        "www.example.org", "example.org", ip_addresses=("192.0.2.1",), days=30
    )

    row = Certificate.objects.get()
    assert row.names == ("www.example.org", "example.org", "192.0.2.1")
    assert row.not_after == NOW + timedelta(days=30)
    assert row.issuer_name == "Test Issuing CA"
    assert row.key == "ECDSA 256"
    assert row.created_at == NOW
    assert not row.is_self_issued
    assert str(certificate) == "www.example.org"


def test_a_key_without_a_size_is_named_without_one():
    assert Certificate(key_algorithm="Ed25519", key_size=0).key == "Ed25519"


def test_a_certificate_without_a_name_is_called_by_its_subject():
    assert str(Certificate(subject="O=Example")) == "O=Example"


@pytest.mark.parametrize(("days", "current"), [(1, True), (0, True), (-1, False)])
def test_both_ends_of_the_lifetime_belong_to_it(days, current):
    make_certificate(days=days)

    assert Certificate.objects.current(NOW).exists() is current


def test_a_certificate_is_kept_once():
    certificate = make_certificate()
    certificate.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate(
            fingerprint_sha256=certificate.fingerprint_sha256,
            der=b"",
            not_before=NOW,
            not_after=NOW,
            is_ca=False,
            created_at=NOW,
        ).save()


def test_what_is_longer_than_its_column_is_cut():
    parsed = replace(
        parse_der(make_chain()[0]),
        serial_number="f" * 10_000,
        key_algorithm="1." * 500,
        signature_algorithm="1." * 500,
    )

    row = Certificate.from_parsed(parsed, now=NOW)

    row.full_clean()
    assert row.serial_number == "f" * 128
