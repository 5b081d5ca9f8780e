from datetime import timedelta
from random import Random

import pytest
from cryptography import x509

from certs.pki.demo.mint import Issuer, Mint
from certs.pki.x509 import parse_der
from certs.tests.factories import NOW

ISSUER = Issuer(common_name="Test CA", organization="Test, Inc.", country="NO")


def mint():
    return Mint(ISSUER, seed="1", now=NOW)


def issue(*names, seed=1, is_rsa=False):
    return mint().issue(
        names,
        not_before=NOW,
        not_after=NOW + timedelta(days=90),
        chance=Random(seed),  # noqa: S311 - the same every time
        is_rsa=is_rsa,
    )


@pytest.mark.parametrize("is_rsa", [True, False])
def test_what_is_said_of_a_certificate_is_what_is_read_from_it(is_rsa):
    mint_, chance = mint(), Random(7)  # noqa: S311 - as above
    for number in range(3):  # the first one is read, the others are not
        issued = mint_.issue(
            [f"host{number}.example", f"*.host{number}.example"],
            not_before=NOW,
            not_after=NOW + timedelta(days=number),
            chance=chance,
            is_rsa=is_rsa,
        )

        assert issued == parse_der(issued.der)
        assert not issued.problems


def test_the_signature_is_the_authority_s():
    leaf = x509.load_der_x509_certificate(issue("www.example").der)
    authority = x509.load_der_x509_certificate(mint().certificate.der)

    leaf.verify_directly_issued_by(authority)
    authority.verify_directly_issued_by(authority)
    assert mint().certificate.is_ca


def test_the_same_seed_gives_the_same_bytes_and_another_does_not():
    assert issue("www.example").der == issue("www.example").der
    assert issue("www.example").der != issue("www.example", seed=2).der
