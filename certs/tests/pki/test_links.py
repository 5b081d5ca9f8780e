from cryptography import x509

from certs.pki.links import have_same_key_id, may_issue, read
from certs.tests.pki import building
from certs.tests.pki.building import NOW, certificate, sequence, tlv
from certs.tests.pki.signing import (
    CA,
    Ladder,
    chain,
    key_ids,
    own_key_id,
    read_link,
    sign,
)

LADDER = Ladder()


def links(*identities):
    return [read_link(der) for der in chain(*identities)]


def test_a_link_has_what_it_takes_to_find_an_issuer():
    leaf, middle = links(LADDER.leaf, LADDER.middle)

    assert (leaf.name, leaf.issuer_name) == ("“leaf.test”", "“Issuing CA”")
    assert leaf.not_before < NOW < leaf.not_after
    assert leaf.version == x509.Version.v3
    assert leaf.hash.name == "sha256"
    assert leaf.key.curve.name == "secp256r1"
    assert not leaf.is_self_issued
    assert may_issue(middle, leaf)
    assert not may_issue(leaf, middle)


def test_an_edwards_signature_has_no_hash():
    (link,) = links(sign("x", kind="ed25519"))

    assert link.hash is None


def test_a_key_identifier_that_is_missing_says_nothing():
    issuer, silent = sign("CA", CA), sign("x")
    named = sign("x", key_ids(issuer), issuer=issuer)
    with_id = sign("CA", CA, own_key_id(issuer.key), key=issuer.key)
    other = sign("CA", CA, own_key_id(silent.key))
    no_id = x509.AuthorityKeyIdentifier(None, None, None)

    assert have_same_key_id(*links(with_id, named)) is True
    assert have_same_key_id(*links(other, named)) is False
    assert have_same_key_id(*links(issuer, named)) is None
    assert have_same_key_id(*links(with_id, silent)) is None
    assert have_same_key_id(*links(with_id, sign("x", (no_id, False)))) is None


def test_what_is_no_certificate_makes_no_link():
    der = LADDER.leaf.der

    assert read(b"") is None
    assert read(der[:-1]) is None
    assert read(der + b"\0") is None
    assert read(sequence(sequence())) is None


def test_what_a_strict_reader_refuses_is_a_link_all_the_same():
    """An extension twice: RFC 5280, 4.2 forbids it."""
    twice = tlv(0xA3, sequence(building.SAN, building.SAN))

    link = read_link(certificate(rest=twice))

    assert (link.strict, link.extensions) == (None, None)
    assert (link.version, link.hash, link.key) == (None, None, None)
    assert link.name == "“leaf.test”"
    assert link.extension(x509.BasicConstraints) is None


def test_a_key_or_hash_that_the_library_lacks_is_none():
    unknown = building.oid("1.2.3.4")
    spki = sequence(sequence(unknown), tlv(0x03, b"\0key"))
    algorithm = sequence(unknown)

    link = read_link(certificate(spki=spki, signature=algorithm, outer=algorithm))

    assert link.strict is not None
    assert (link.key, link.hash) == (None, None)


def test_a_serial_number_of_zero_is_read_without_a_warning():
    link = read_link(certificate(serial=b"\x02\x01\x00"))

    assert [problem.code for problem in link.problems] == ["zero-serial"]
    assert link.strict is not None


def test_a_certificate_without_a_name_has_a_name_in_sentences():
    link = read_link(certificate(subject=sequence()))

    assert link.name == "a certificate without a name"
