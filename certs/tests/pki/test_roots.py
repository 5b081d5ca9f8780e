from datetime import date
from importlib.metadata import version

import pytest

from certs.pki.roots import certifi_store, refusal
from certs.tests.pki.building import SAN, certificate, sequence, tlv
from certs.tests.pki.signing import CA, Ladder, read_link, sign, usage


def test_every_public_root_is_read():
    store = certifi_store()

    links = [read_link(root) for root in store.roots]

    assert len(links) > 100
    assert all(link.strict is not None for link in links)
    assert all(link.is_self_issued for link in links)


def test_the_public_store_has_the_date_of_its_version():
    store = certifi_store()

    assert store.is_public
    assert store.as_of == date(*map(int, version("certifi").split(".")))


def test_the_public_store_is_read_once():
    assert certifi_store() is certifi_store()


def test_a_ca_may_be_a_root_whoever_issued_it():
    ladder = Ladder()
    old = certificate(version=b"", rest=b"")

    assert refusal(ladder.root.der) == refusal(ladder.middle.der) == ""
    assert refusal(old) == ""  # of version 1, which cannot say what it is


@pytest.mark.parametrize(
    ("der", "says"),
    [
        (b"junk", "This is no certificate."),
        (
            sign("leaf.test").der,
            "“leaf.test” is not the certificate of a CA.",
        ),
        (
            sign("Root", CA, usage(signs_certificates=False)).der,
            "The key of “Root” may not sign certificates.",
        ),
        (
            certificate(rest=tlv(0xA3, sequence(SAN, SAN))),
            "Clients cannot read “leaf.test”: its encoding is bad.",
        ),
    ],
)
def test_what_can_be_nobodys_root_is_said(der, says):
    assert refusal(der) == says
