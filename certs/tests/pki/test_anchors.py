from certs.pki.anchors import Anchors
from certs.pki.paths import Path
from certs.pki.roots import TrustStore
from certs.tests.pki import building
from certs.tests.pki.building import NOW, certificate, sequence, tlv
from certs.tests.pki.signing import CA, Ladder, read_link, sign

LADDER = Ladder()
LINKS = tuple(
    read_link(identity.der) for identity in (LADDER.leaf, LADDER.middle, LADDER.root)
)


def store(*roots, is_public=False):
    return TrustStore(name="Corp", roots=roots, is_public=is_public)


def anchors(*roots, **what_matters):
    return Anchors(store(*roots, **what_matters), now=NOW)


def test_a_way_ends_at_each_root_of_the_store_that_it_meets():
    both = anchors(LADDER.middle.der, LADDER.root.der)
    path = Path(links=LINKS)

    assert both.ends([path, path]) == [LINKS[:2], LINKS]
    assert anchors().ends([path]) == []


def test_a_way_to_a_root_meets_no_objection():
    assert anchors(LADDER.root.der).objections(LINKS, now=NOW) == []


def test_what_is_no_certificate_is_no_root():
    assert anchors(b"junk").roots == []


def test_the_verifier_has_the_last_word():
    """Here it knows none of the roots: each link is fine, but leads nowhere."""
    other = sign("Other", CA)

    (objection,) = anchors(other.der).objections(LINKS, now=NOW)

    assert objection.code == "invalid"
    assert objection.sentence.startswith("Refused: validation failed")


def test_a_store_whose_roots_nobody_can_read_trusts_nothing():
    twice = tlv(0xA3, sequence(building.SAN, building.SAN))

    (objection,) = anchors(certificate(rest=twice)).objections(LINKS, now=NOW)

    assert objection.sentence == "Refused: the store has no root that can be read"


def test_what_is_unusual_is_for_private_cas():
    ladder = Ladder(middle_wish={"kind": "ed25519"})
    links = [
        read_link(identity.der)
        for identity in (ladder.leaf, ladder.middle, ladder.root)
    ]

    assert anchors(ladder.root.der).objections(links, now=NOW) == []
    found = anchors(ladder.root.der, is_public=True).objections(links, now=NOW)
    assert [objection.sentence for objection in found] == [
        "“Issuing CA” has a key that public CAs may not use.",
        "“leaf.test” has a signature that public CAs may not make.",
    ]
