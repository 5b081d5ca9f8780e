from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from cryptography import x509
from hypothesis import assume, given, strategies as st

from certs.pki import trust
from certs.pki.chain import flaws
from certs.pki.roots import TrustStore, certifi_store
from certs.pki.trust import Judge
from certs.tests.pki import building
from certs.tests.pki.building import NOW, certificate, common_name, sequence
from certs.tests.pki.signing import (
    CA,
    Ladder,
    chain,
    key_ids,
    names,
    own_key_id,
    sign,
    up_to,
)
from certs.tests.pki.test_paths import knows, nothing

LADDER = Ladder()
BOTH = [
    TrustStore(name="Corp", roots=(LADDER.root.der,)),
    TrustStore(name="Public", roots=(LADDER.root.der,), is_public=True),
]
PAST = {"begins": -30, "ends": -1}
FUTURE = {"begins": 1, "ends": 30}


def store(*identities, name="Corp"):
    return TrustStore(name=name, roots=chain(*identities))


def judge(*sent, roots=(LADDER.root,), known=nothing, stores=None):
    """The verdict of a store with `roots` on what was sent."""
    stores = stores or [store(*roots)]
    served = [each if isinstance(each, bytes) else each.der for each in sent]
    first, *_others = Judge(stores, now=NOW, known=known).judge(served)
    return first


def of_ladder(**extensions):
    ladder = Ladder(**extensions)
    return judge(*ladder.sent, roots=[ladder.root])


def test_a_chain_to_a_root_of_the_store_is_trusted():
    verdict = judge(*LADDER.sent)

    assert verdict.is_trusted
    assert verdict.code == "trusted"
    assert verdict.sentence == "Trusted by Corp."
    assert len(verdict.path) == 3


def test_each_store_has_its_verdict():
    """Trusted inside, not outside."""
    stores = [store(LADDER.root), certifi_store()]

    inside, outside = Judge(stores, now=NOW).judge(LADDER.sent)

    assert (inside.store, inside.code) == ("Corp", "trusted")
    assert (outside.store, outside.code) == ("Public CAs", "unknown-root")
    assert not outside.is_trusted
    assert outside.sentence == (
        "It leads to the root “Root”, which is not in Public CAs."
    )


@pytest.mark.parametrize(
    "sent",
    [
        (LADDER.leaf, LADDER.middle, LADDER.root),
        (LADDER.leaf, LADDER.root, LADDER.middle),
        (LADDER.leaf, LADDER.middle, LADDER.middle, sign("Other", CA)),
        (LADDER.leaf, b"junk", LADDER.middle),
        (LADDER.leaf, *[sign(f"CA {n}", CA) for n in range(18)], LADDER.middle),
    ],
    ids=["root sent", "wrong order", "twice and extra", "junk", "20 served"],
)
def test_flaws_of_shape_do_not_matter_to_trust(sent):
    assert judge(*sent).code == "trusted"


def test_a_cross_certificate_makes_either_root_do():
    old = sign("Old Root", CA)
    cross = sign("Root", CA, issuer=old, key=LADDER.root.key)

    for root in (old, LADDER.root):
        verdict = judge(*LADDER.sent, cross.der, roots=[root])
        assert verdict.code == "trusted"


def test_an_expired_cross_certificate_does_no_harm_beside_a_valid_path():
    """As of 30 September 2021, when DST Root CA X3 expired."""
    old = sign("Old Root", CA, begins=-30, ends=-1)
    cross = sign("Root", CA, issuer=old, key=LADDER.root.key, ends=-1)

    assert judge(*LADDER.sent, cross, roots=[old, LADDER.root]).code == "trusted"
    assert judge(*LADDER.sent, cross, roots=[old]).code == "expired-intermediate"


def test_a_leaf_that_is_its_own_issuer():
    verdict = judge(sign("box.test", names("box.test")))

    assert verdict.code == "self-signed"
    assert verdict.sentence == "It is its own issuer, and not in Corp."


def test_a_leaf_that_is_itself_in_the_store_is_trusted():
    box = sign("box.test", CA, names("box.test"))

    assert judge(box, roots=[box]).code == "trusted"


def test_an_intermediate_in_the_store_is_a_root_of_it():
    """Whom the administrator trusts needs nobody above."""
    assert judge(LADDER.leaf, roots=[LADDER.middle]).code == "trusted"


def test_a_root_that_was_not_sent_is_named_by_who_it_issued_for():
    other = sign("Other", CA)

    verdict = judge(*LADDER.sent, roots=[other])

    assert verdict.code == "unknown-root"
    assert verdict.sentence == (
        "It leads to “Issuing CA”, whose issuer “Root” was not sent and is not in Corp."
    )


def test_a_missing_intermediate_that_nobody_knows():
    verdict = judge(LADDER.leaf)

    assert verdict.code == "missing-intermediate"
    assert verdict.sentence == (
        "Its issuer “Issuing CA” was not sent, and is not known here."
    )


def test_a_missing_intermediate_that_the_inventory_knows():
    verdict = judge(LADDER.leaf, known=knows(LADDER.middle))

    assert not verdict.is_trusted
    assert verdict.code == "missing-intermediate"
    assert verdict.sentence == (
        "Not sent, but known here: “Issuing CA”."
        " Browsers that complete chains trust it, others do not."
    )
    assert len(verdict.path) == 3


def test_a_missing_intermediate_would_not_help_who_has_expired():
    ladder = Ladder(leaf_wish=PAST)

    verdict = judge(ladder.leaf, roots=[ladder.root], known=knows(ladder.middle))

    assert verdict.code == "missing-intermediate"
    assert verdict.sentence.endswith("“leaf.test” expired on 2026-05-03.")


def test_a_missing_intermediate_that_leads_nowhere():
    verdict = judge(LADDER.leaf, roots=[sign("Other", CA)], known=knows(LADDER.middle))

    assert verdict.code == "missing-intermediate"
    assert verdict.sentence == (
        "Its issuer “Issuing CA” was not sent. It is known here, but leads to"
        " “Root”, which is not in Corp."
    )


def test_a_missing_intermediate_does_not_hide_a_root_that_is_unknown():
    """Sending it would not help with this store."""
    stores = [store(sign("Other", CA)), store(LADDER.root, name="Inside")]

    verdict = judge(LADDER.leaf, stores=stores, known=knows(LADDER.middle))

    assert verdict.code == "unknown-root"


def test_a_second_intermediate_may_be_missing_too():
    second = sign("Second CA", CA, issuer=LADDER.middle)
    leaf = sign("leaf.test", issuer=second)

    assert judge(leaf, second).code == "unknown-root"
    verdict = judge(leaf, second, known=knows(LADDER.middle))
    assert verdict.code == "missing-intermediate"
    assert "“Issuing CA”" in verdict.sentence


@pytest.mark.parametrize(
    ("wishes", "code", "says"),
    [
        ({"leaf_wish": PAST}, "expired", "“leaf.test” expired on 2026-05-03."),
        (
            {"leaf_wish": FUTURE},
            "not-yet-valid",
            "“leaf.test” is not valid before 2026-05-05.",
        ),
        (
            {"middle_wish": PAST},
            "expired-intermediate",
            "“Issuing CA” expired on 2026-05-03.",
        ),
        (
            {"root_wish": PAST},
            "expired-intermediate",
            "“Root” expired on 2026-05-03.",
        ),
        (
            {"leaf_wish": PAST, "middle_wish": PAST},
            "expired",
            "“leaf.test” expired on 2026-05-03. “Issuing CA” expired on 2026-05-03.",
        ),
    ],
)
def test_dates_are_told_apart_from_all_else(wishes, code, says):
    verdict = of_ladder(**wishes)

    assert (verdict.code, verdict.sentence) == (code, says)


@pytest.mark.parametrize(
    ("wishes", "now_and_then"),
    [
        ({}, ("trusted", "expired-intermediate")),
        ({"leaf_wish": {"ends": 5}}, ("trusted", "expired")),
        ({"leaf_wish": {"begins": 3}}, ("not-yet-valid", "trusted")),
        ({"root_wish": PAST}, ("expired-intermediate", "expired-intermediate")),
    ],
)
def test_a_verdict_says_how_long_it_holds(wishes, now_and_then):
    ladder = Ladder(**{"middle_wish": {"ends": 10}, **wishes})
    stores = [store(ladder.root)]

    (first,) = Judge(stores, now=NOW).judge(ladder.sent)
    assert first.until
    (last,) = Judge(stores, now=first.until).judge(ladder.sent)
    after = first.until + timedelta(microseconds=1)
    (next_,) = Judge(stores, now=after).judge(ladder.sent)

    assert (first.code, next_.code) == now_and_then
    assert replace(last, until=None) == replace(first, until=None)


def test_what_has_ended_has_ended_for_ever():
    assert judge(sign("box.test", **PAST)).until is None


def test_a_renewed_intermediate_that_was_not_sent_does_not_help():
    old = sign("Issuing CA", CA, issuer=LADDER.root, key=LADDER.middle.key, ends=-1)

    verdict = judge(LADDER.leaf, old, known=knows(LADDER.middle))

    assert verdict.code == "expired-intermediate"


def test_an_expired_leaf_that_breaks_the_rules_is_invalid():
    """It would not be trusted if it were renewed."""
    assert of_ladder(leaf_wish=PAST, middle=()).code == "invalid"


@pytest.mark.parametrize(
    "extensions",
    [
        {"middle": ()},
        {"root": [up_to(0)]},
        {
            "middle": [
                CA,
                (x509.NameConstraints([x509.DNSName("other.test")], None), True),
            ]
        },
    ],
    ids=["not a CA", "path length", "name constraints"],
)
def test_what_breaks_the_rules_is_invalid(extensions):
    assert of_ladder(**extensions).code == "invalid"


def test_a_forged_leaf_is_invalid():
    forger = sign("Issuing CA", CA, own_key_id(LADDER.middle.key))
    issuer = sign("Issuing CA", CA, own_key_id(LADDER.middle.key), issuer=LADDER.root)
    leaf = sign("leaf.test", key_ids(LADDER.middle), issuer=forger)

    verdict = judge(leaf, issuer)

    assert verdict.code == "invalid"
    assert verdict.sentence == (
        "The signature on “leaf.test” is not that of “Issuing CA”."
    )


def test_a_signature_that_cannot_be_verified_is_invalid():
    """GOST R 34.10-2012 with Streebog, RFC 9215."""
    gost = sequence(building.oid("1.2.643.7.1.1.3.2"))
    leaf = certificate(issuer=common_name("Root"), signature=gost, outer=gost)

    verdict = judge(leaf, LADDER.root)

    assert verdict.code == "invalid"
    assert "cannot be verified" in verdict.sentence


@pytest.mark.parametrize("sent", [(), (b"",), (b"junk", LADDER.middle.der)])
def test_what_is_no_certificate_is_invalid(sent):
    verdict = judge(*sent)

    assert verdict.code == "invalid"
    assert verdict.sentence == "What was sent is no certificate."
    assert verdict.path == ()


@given(
    who=st.integers(0, 1),
    where=st.floats(0, 1, exclude_max=True),
    octets=st.binary(min_size=1, max_size=4),
)
def test_what_was_damaged_is_judged_and_not_trusted(who, where, octets):
    sent = list(LADDER.sent)
    start = int(where * len(sent[who]))
    damaged = sent[who][:start] + octets + sent[who][start + len(octets) :]
    assume(damaged != sent[who])
    sent[who] = damaged

    inside, outside = Judge(BOTH, now=NOW).judge(sent)

    assert not inside.is_trusted
    assert not outside.is_trusted
    assert flaws(sent) is not None


def test_nobody_is_asked_twice(monkeypatch):
    monkeypatch.setattr(trust, "KEPT", 1)
    judge_ = Judge([store(LADDER.root)], now=NOW)

    first = judge_.judge(LADDER.sent)

    assert judge_.judge(LADDER.sent) is first
    judge_.judge(chain(LADDER.leaf))
    assert judge_.judge(LADDER.sent) is not first


def test_a_judge_without_stores_says_nothing():
    assert Judge([], now=NOW).judge(LADDER.sent) == ()


def test_the_public_roots_trust_each_of_themselves():
    """Two are odd: a date in the wrong form, serial numbers of zero."""
    store_ = certifi_store()
    assert store_.as_of
    now = datetime.combine(store_.as_of, time.min, tzinfo=UTC)
    judge_ = Judge([store_], now=now)

    verdicts = [judge_.judge((root,))[0] for root in certifi_store().roots]

    assert [verdict for verdict in verdicts if not verdict.is_trusted] == []
