"""Chains that are not trusted as sent, and would be with what was not sent."""

import pytest

from certs.pki.roots import certifi_store
from certs.pki.trust import Judge
from certs.tests.pki.building import NOW
from certs.tests.pki.signing import CA, Ladder, chain, sign
from certs.tests.pki.test_paths import knows
from certs.tests.pki.test_trust import FUTURE, LADDER, PAST, judge, store


def test_a_chain_that_only_lacks_what_was_not_sent_can_be_completed():
    verdict = judge(LADDER.leaf, known=knows(LADDER.middle))

    assert verdict.code == "missing-intermediate"
    assert verdict.is_completable
    assert not verdict.is_trusted


@pytest.mark.parametrize(
    "wishes",
    [
        {"leaf_wish": PAST},
        {"leaf_wish": FUTURE},
        {"middle_wish": PAST},
        {"root_wish": PAST},
        {"middle": ()},
    ],
    ids=["expired", "not yet valid", "expired CA", "expired root", "no CA"],
)
def test_a_chain_that_has_other_faults_too_cannot_be_completed(wishes):
    ladder = Ladder(**wishes)

    verdict = judge(ladder.leaf, roots=[ladder.root], known=knows(ladder.middle))

    assert not verdict.is_completable
    assert not verdict.is_trusted


def test_what_is_not_known_or_leads_elsewhere_completes_nothing():
    stranger = Ladder()

    assert not judge(LADDER.leaf).is_completable
    assert not judge(stranger.leaf, known=knows(stranger.middle)).is_completable
    assert not judge(*LADDER.sent).is_completable
    assert not judge(*stranger.sent, stranger.root).is_completable
    assert not judge(b"junk").is_completable


def test_each_store_says_for_itself_whether_a_chain_can_be_completed():
    stores = [store(LADDER.root), certifi_store()]
    judging = Judge(stores, now=NOW, known=knows(LADDER.middle))

    inside, outside = judging.judge(chain(LADDER.leaf))

    assert inside.is_completable
    assert not outside.is_completable


def test_an_expired_intermediate_that_was_renewed_can_be_replaced_by_clients():
    """The one that was sent is what people hear of; clients may know the other."""
    old = sign("Issuing CA", CA, issuer=LADDER.root, key=LADDER.middle.key, **PAST)

    alone = judge(LADDER.leaf, old)
    verdict = judge(LADDER.leaf, old, known=knows(LADDER.middle))

    assert alone.code == verdict.code == "expired-intermediate"
    assert not alone.is_completable
    assert verdict.is_completable
    assert not judge(LADDER.leaf, LADDER.middle, old).is_completable
