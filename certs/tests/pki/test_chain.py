from certs.pki.chain import MAX_SERVED, flaws
from certs.tests.pki.building import certificate, common_name
from certs.tests.pki.signing import CA, Ladder, chain, key_ids, own_key_id, sign

LADDER = Ladder()
OTHER = sign("Other CA", CA)


def codes(*identities):
    return [flaw.code for flaw in flaws(chain(*identities))]


def test_a_chain_as_it_should_be_has_no_flaw():
    assert flaws(LADDER.sent) == ()
    assert codes(LADDER.leaf) == []
    assert codes(OTHER) == []
    assert flaws(()) == ()


def test_a_root_that_was_sent_is_named():
    (flaw,) = flaws(chain(LADDER.leaf, LADDER.middle, LADDER.root))

    assert flaw.code == "root-sent"
    assert flaw.sentence == "Roots need not be sent: “Root”."
    assert len(flaw.about) == 1


def test_an_issuer_before_what_it_certifies_is_out_of_order():
    (flaw, _root) = flaws(chain(LADDER.leaf, LADDER.root, LADDER.middle))

    assert flaw.code == "wrong-order"
    assert flaw.sentence == "Sent too early: “Root”."


def test_what_certifies_nothing_of_the_chain_is_extra():
    (flaw,) = flaws(chain(LADDER.leaf, OTHER, LADDER.middle))

    assert flaw.code == "extra-certificates"
    assert "“Other CA”" in flaw.sentence


def test_a_leaf_that_was_not_sent_first_is_extra():
    assert codes(LADDER.middle, LADDER.leaf) == ["extra-certificates"]


def test_what_was_sent_twice_is_named_once():
    (flaw,) = flaws(chain(LADDER.leaf, LADDER.middle, LADDER.leaf, LADDER.middle))

    assert flaw.code == "duplicate-certificates"
    assert len(flaw.about) == 2


def test_a_cross_certificate_is_no_flaw():
    cross = sign("Root", CA, issuer=OTHER, key=LADDER.root.key)

    assert codes(LADDER.leaf, LADDER.middle, cross) == []


def test_key_identifiers_tell_authorities_of_one_name_apart():
    issuer = sign("CA", CA)
    leaf = sign("leaf.test", key_ids(issuer), issuer=issuer)
    same, other = (
        sign("CA", CA, own_key_id(key), issuer=OTHER, key=key)
        for key in (issuer.key, OTHER.key)
    )

    assert codes(leaf, same) == []
    assert codes(leaf, other) == ["extra-certificates"]


def test_what_is_no_certificate_is_told_by_its_position():
    sent = (LADDER.leaf.der, b"nothing", LADDER.middle.der, b"0\x00")

    (flaw,) = flaws(sent)

    assert flaw.code == "not-a-certificate"
    assert flaw.sentence == "No certificate is at position 2, 4 of the chain."


def test_more_than_twenty_are_told_and_not_read():
    extra = chain(*(sign(f"CA {n}", CA) for n in range(3)))
    sent = (*LADDER.sent, *[OTHER.der] * (MAX_SERVED - 2), *extra)

    found = {flaw.code: flaw for flaw in flaws(sent)}

    assert "23 certificates were sent" in found["too-many-certificates"].sentence
    assert found["extra-certificates"].about == found["duplicate-certificates"].about


def test_a_hostile_name_is_cut_and_cleaned():
    odd = certificate(subject=common_name("x\u202e\n" + "y" * 200))

    (flaw,) = flaws((*LADDER.sent, odd))

    assert "\n" not in flaw.sentence
    assert "\u202e" not in flaw.sentence
    assert len(flaw.sentence) < 150
