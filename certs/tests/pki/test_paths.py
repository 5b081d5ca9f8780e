import pytest
from cryptography.hazmat.primitives import hashes

from certs.pki import paths
from certs.pki.paths import MAX_CHECKS, MAX_LINKS, MAX_PATHS, Finder, Signed
from certs.tests.pki import building
from certs.tests.pki.building import certificate, common_name, sequence, tlv
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


def nothing(_subject):
    return ()


def knows(*identities):
    """What is known, by subject."""
    links = [(read_link(der).subject.encoded, der) for der in chain(*identities)]
    return lambda subject: [der for name, der in links if name == subject]


def find(*sent, roots=(), known=nothing):
    finder = Finder([read_link(root.der) for root in roots], known=known)
    leaf, *above = [each if isinstance(each, bytes) else each.der for each in sent]
    return finder.find(finder.served(read_link(leaf), above))


def count_checks(monkeypatch):
    counted = []
    verify = paths._verify

    def verify_and_count(*pair):
        counted.append(pair)
        return verify(*pair)

    monkeypatch.setattr(paths, "_verify", verify_and_count)
    return counted


def shown(found):
    return [[link.name.strip("“”") for link in path.links] for path in found]


def test_a_path_goes_up_to_the_root():
    (path,) = find(LADDER.leaf, LADDER.middle, roots=[LADDER.root])

    assert shown([path]) == [["leaf.test", "Issuing CA", "Root"]]
    assert path.is_complete


def test_the_order_in_which_things_were_sent_does_not_matter():
    found = find(LADDER.leaf, LADDER.root, LADDER.middle, b"junk")

    assert shown(found) == [["leaf.test", "Issuing CA", "Root"]]


def test_what_was_not_sent_is_taken_from_what_is_known():
    found = find(LADDER.leaf, known=knows(LADDER.middle, LADDER.root))

    assert shown(found) == [["leaf.test", "Issuing CA", "Root"]]


def test_a_path_ends_where_nobody_knows_the_issuer():
    (path,) = find(LADDER.leaf, LADDER.middle, known=lambda _subject: [b"junk"])

    assert shown([path]) == [["leaf.test", "Issuing CA"]]
    assert not path.is_complete
    assert path.broken is None


def test_a_cross_certificate_opens_a_second_path():
    old_root = sign("Old Root", CA)
    cross = sign("Root", CA, issuer=old_root, key=LADDER.root.key)

    found = find(LADDER.leaf, LADDER.middle, cross, roots=[LADDER.root, old_root])

    assert shown(found) == [
        ["leaf.test", "Issuing CA", "Root", "Old Root"],
        ["leaf.test", "Issuing CA", "Root"],
    ]


def test_an_issuer_of_the_same_name_and_another_key_is_passed_over():
    namesake = sign("Issuing CA", CA, issuer=LADDER.root)

    found = find(LADDER.leaf, LADDER.middle, roots=[LADDER.root], known=knows(namesake))

    assert shown(found) == [["leaf.test", "Issuing CA", "Root"]]


def test_two_that_certify_each_other_make_no_loop():
    one, two = sign("One", CA), sign("Two", CA)
    by_two = sign("One", CA, issuer=two, key=one.key)
    by_one = sign("Two", CA, issuer=one, key=two.key)
    leaf = sign("leaf.test", issuer=one)

    (path,) = find(leaf, by_two, by_one)

    assert shown([path]) == [["leaf.test", "One", "Two"]]
    assert not path.is_complete


def test_a_key_that_certifies_its_successor_is_no_root():
    """RFC 5280, 3.2: self-issued, but not self-signed."""
    old = sign("Root", CA)
    new = sign("Root", CA, issuer=old)
    leaf = sign("leaf.test", issuer=new)

    (path,) = find(leaf, new, roots=[old])

    assert shown([path]) == [["leaf.test", "Root", "Root"]]
    assert path.is_complete


def test_a_wrong_signature_is_told_of_who_was_sent():
    forged = sign("Issuing CA", CA, issuer=LADDER.root)

    (path,) = find(LADDER.leaf, forged)

    assert shown([path]) == [["leaf.test"]]
    assert path.broken is not None
    assert path.broken[1] is Signed.NO


def test_a_wrong_signature_is_told_of_who_was_named_by_key():
    issuer = sign("CA", CA)
    liar = sign("CA", CA, own_key_id(issuer.key))
    leaf = sign("leaf.test", key_ids(issuer), issuer=issuer)

    (path,) = find(leaf, known=knows(liar))
    (silent,) = find(LADDER.leaf, known=knows(sign("Issuing CA", CA)))

    assert path.broken is not None
    assert silent.broken is None


def test_an_algorithm_that_nobody_here_knows_cannot_be_verified():
    """GOST R 34.10-2012 with Streebog, RFC 9215."""
    gost = sequence(building.oid("1.2.643.7.1.1.3.2"))
    leaf = certificate(issuer=common_name("Root"), signature=gost, outer=gost)

    (path,) = find(leaf, LADDER.root)

    assert path.broken is not None
    assert path.broken[1] is Signed.UNKNOWN


def test_one_that_is_its_own_issuer_by_an_unknown_algorithm_is_a_root():
    gost = sequence(building.oid("1.2.643.7.1.1.3.2"))
    me = common_name("Me")

    (path,) = find(certificate(issuer=me, subject=me, signature=gost, outer=gost))

    assert path.is_complete


def test_what_only_a_tolerant_reader_takes_cannot_be_verified():
    twice = tlv(0xA3, sequence(building.SAN, building.SAN))

    (path,) = find(
        certificate(issuer=common_name("Root"), rest=twice), roots=[LADDER.root]
    )

    assert path.broken is None  # nobody sent the root, and no key is named
    (path,) = find(certificate(issuer=common_name("Root"), rest=twice), LADDER.root)
    assert path.broken is not None
    assert path.broken[1] is Signed.UNKNOWN


def test_a_path_has_at_most_ten_links():
    above = [sign("CA 0", CA)]
    for number in range(1, MAX_LINKS + 1):
        above.append(sign(f"CA {number}", CA, issuer=above[-1]))
    leaf = sign("leaf.test", issuer=above[-1])

    (path,) = find(leaf, *reversed(above))

    assert len(path.links) == MAX_LINKS
    assert not path.is_complete


def test_namesakes_cost_a_bounded_number_of_signatures(monkeypatch):
    """Twenty certificates of one name and as many keys, each signed by each."""
    counted = count_checks(monkeypatch)
    keys = [sign("x").key for _ in range(6)]
    owners = [sign("Same", CA, key=key) for key in keys]
    mesh = [
        sign("Same", CA, issuer=owner, key=key)
        for owner in owners
        for key in keys
        if key is not owner.key
    ][:19]
    leaf = sign("leaf.test", issuer=owners[0])

    found = find(leaf, *mesh)

    assert len(found) <= MAX_PATHS
    asked = [pair for pair in counted if pair[0] is not pair[1]]
    assert len(asked) <= MAX_CHECKS


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(paths, "KEPT", 1)
    finder = Finder([read_link(LADDER.root.der)], known=nothing)

    other = Ladder()
    for ladder in (LADDER, other, LADDER):
        above = [ladder.middle.der, ladder.root.der]
        (path,) = finder.find(finder.served(read_link(ladder.leaf.der), above))
        assert path.is_complete
    assert (len(finder._links), len(finder._signed)) == (1, 1)


def test_who_signed_whom_is_found_out_once(monkeypatch):
    """Thousands of leaves share a few authorities."""
    counted = count_checks(monkeypatch)
    finder = Finder([read_link(LADDER.root.der)], known=nothing)

    for _ in range(3):
        finder.find(finder.served(read_link(LADDER.leaf.der), [LADDER.middle.der]))

    names = [child.name for child, _issuer in counted]
    assert names.count("“leaf.test”") == 3
    assert names.count("“Issuing CA”") == 1


@pytest.mark.parametrize("kind", ["rsa-2048", "ed25519", "ed448", "ecdsa-p384"])
def test_every_usual_kind_of_key_is_verified(kind):
    root = sign("Root", CA, kind=kind)

    (path,) = find(sign("leaf.test", issuer=root, hash=hashes.SHA384()), root)

    assert path.is_complete
