import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from certs.pki.profile import oddities
from certs.tests.pki.building import algorithm, certificate, sequence, tlv
from certs.tests.pki.signing import CA, Ladder, read_link, sign

MAIL = x509.NameConstraints([x509.RFC822Name("x.test")], None)
POLICY = x509.CertificatePolicies(
    [x509.PolicyInformation(x509.ObjectIdentifier("1.2.3"), None)]
)


def found(*identities):
    links = [read_link(identity.der) for identity in identities]
    return [(odd.sentence, odd.is_for_everyone) for odd in oddities(links)]


def test_a_usual_path_has_nothing_odd():
    ladder = Ladder(root_wish={"kind": "rsa-2048"}, leaf=[(POLICY, False)])

    assert found(ladder.leaf, ladder.middle, ladder.root) == []


@pytest.mark.parametrize("kind", ["ed25519", "ed448", "rsa-1024"])
def test_a_key_that_the_profile_does_not_know_is_odd(kind):
    leaf = sign("leaf.test", kind=kind, issuer=sign("Root", CA))

    assert found(leaf, sign("Root", CA)) == [
        ("“leaf.test” has a key that public CAs may not use.", False)
    ]


def test_a_signature_that_the_profile_does_not_know_is_odd_below_the_root():
    root = sign("Root", CA, hash=hashes.SHA224())
    leaf = sign("leaf.test", issuer=root, hash=hashes.SHA3_256())

    assert found(leaf, root) == [
        ("“leaf.test” has a signature that public CAs may not make.", False)
    ]


def test_version_1_is_odd():
    link = read_link(certificate(version=b"", rest=b""))

    assert "“leaf.test” is of version 1." in [odd.sentence for odd in oddities([link])]


@pytest.mark.parametrize(
    ("extension", "says"),
    [
        ((MAIL, True), "“Root” constrains names that are not of hosts."),
        ((POLICY, True), "“Root” has critical extensions on policies."),
    ],
)
def test_what_is_a_limit_of_the_library_is_for_everyone(extension, says):
    assert found(sign("Root", CA, extension)) == [(says, True)]


def test_a_certificate_that_names_two_algorithms_is_not_merely_odd():
    (odd,) = oddities(
        [read_link(certificate(outer=algorithm("1.2.840.113549.1.1.12")))]
    )

    assert "key" in odd.sentence


def test_a_date_in_the_wrong_form_is_for_everyone():
    """A root of Mozilla's has one: UTCTime is for years up to 2049."""
    dates = sequence(tlv(0x17, b"260101000000Z"), tlv(0x18, b"20270101000000Z"))
    found_ = oddities([read_link(certificate(validity=dates))])

    assert any(odd.is_for_everyone and "date" in odd.sentence for odd in found_)


def test_a_serial_number_of_zero_is_for_everyone():
    found_ = oddities([read_link(certificate(serial=b"\x02\x01\x00"))])

    assert ("“leaf.test”: The serial number is zero.", True) in [
        (odd.sentence, odd.is_for_everyone) for odd in found_
    ]
