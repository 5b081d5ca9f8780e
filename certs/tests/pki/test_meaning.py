"""What a handshake means: chains that are really signed, judged by real stores."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from certs.pki.deep import DeepResult, OfferedSuite
from certs.pki.demo.authority import Authority
from certs.pki.meaning import SOUND, Opinion, meaning, rate
from certs.pki.roots import PUBLIC, TrustStore, certifi_store
from certs.pki.suites import find
from certs.pki.trust import Judge, Verdict
from certs.pki.x509 import parse_der
from certs.tests.pki.building import NOW, make_wish
from certs.tests.pki.signing import CA, Ladder, chain, names, sign

LADDER = Ladder()
CORP = TrustStore(name="Corp", roots=chain(LADDER.root))
OTHER = TrustStore(name="Other", roots=chain(sign("Other Root", CA)))
HOST = "leaf.test"


@dataclass(frozen=True)
class Shown:
    tls_version: str = "TLSv1.3"
    cipher: str = "TLS_AES_128_GCM_SHA256"
    key_exchange: str = "x25519"


def verdict(store="Corp", code="trusted"):
    return Verdict(
        store=store, is_trusted=code == "trusted", code=code, sentence=f"{code}."
    )


def mean(sent, *, stores=(CORP,), counting=None, known=(), host=HOST, **more):
    """What it means that `sent` was served, by the stores that count."""
    judge = Judge(stores, now=NOW, known=lambda _subject: known)
    opinion = Opinion(
        verdicts=judge.judge(sent),
        counting=frozenset(counting or [each.name for each in stores]),
    )
    leaf = parse_der(sent[0])
    options = {"shown": Shown()} | more
    return meaning(leaf, host=host, sent=sent, opinion=opinion, **options)


def codes(found):
    return [each.code for each in found.findings]


def test_all_is_well():
    found = mean(LADDER.sent)

    assert found.is_trusted
    assert found.verdict.sentence == "Trusted by Corp."
    assert codes(found) == []
    assert found.rating is not None
    assert found.rating.grade == "A"
    assert not found.rating.is_complete


def test_one_store_that_counts_and_trusts_is_enough():
    found = mean(LADDER.sent, stores=[OTHER, CORP])

    assert found.is_trusted
    assert found.verdict.store == "Corp"


def test_a_store_that_does_not_count_is_not_heard():
    found = mean(LADDER.sent, stores=[OTHER, CORP], counting=["Other"])

    assert not found.is_trusted
    assert found.verdict.store == "Other"
    assert codes(found) == ["unknown-root"]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("trusted", "expired"),
        ("expired", "missing-intermediate"),
        ("not-yet-valid", "missing-intermediate"),
        ("missing-intermediate", "expired-intermediate"),
        ("expired-intermediate", "invalid"),
        ("invalid", "unknown-root"),
        ("unknown-root", "self-signed"),
    ],
)
def test_the_least_wrong_verdict_is_the_one_that_counts(better, worse):
    verdicts = (verdict("A", worse), verdict("B", better), verdict("C", worse))

    opinion = Opinion(verdicts=verdicts, counting=frozenset("ABC"))

    assert opinion.verdict.store == "B"


@pytest.mark.parametrize("code", SOUND)
def test_a_chain_to_a_public_root_is_public_whatever_its_dates(code):
    public = verdict(PUBLIC, code)

    assert Opinion(verdicts=(public,), counting=frozenset({"Corp"})).is_public


@pytest.mark.parametrize(
    "verdicts",
    [(verdict("Corp"),), (verdict("Corp"), verdict(PUBLIC, "unknown-root"))],
)
def test_a_chain_to_a_private_root_is_not_public(verdicts):
    assert not Opinion(verdicts=verdicts, counting=frozenset({PUBLIC})).is_public


def test_what_public_authorities_may_not_do_is_told_of_public_certificates_only():
    ladder = Ladder(
        leaf_wish={"begins": -900, "ends": 30},
        root_wish={"begins": -999, "ends": 99},
        middle_wish={"begins": -999, "ends": 99},
    )
    private = TrustStore(name="Corp", roots=chain(ladder.root))
    public = TrustStore(name=PUBLIC, roots=chain(ladder.root), is_public=True)

    assert "too-long-lived" not in codes(mean(ladder.sent, stores=[private]))
    assert "too-long-lived" in codes(mean(ladder.sent, stores=[public]))


@pytest.mark.parametrize("dates", [{"begins": -30, "ends": -1}, {"begins": 1}])
def test_the_dates_of_the_leaf_cost_neither_trust_nor_grade(dates):
    ladder = Ladder(leaf_wish=dates)

    found = mean(
        ladder.sent, stores=[TrustStore(name="Corp", roots=chain(ladder.root))]
    )

    assert found.is_trusted
    assert not found.verdict.is_trusted
    assert codes(found) == []
    assert found.rating is not None
    assert found.rating.grade == "A"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (chain(sign(HOST, names(HOST))), "self-signed"),
        (Ladder().sent, "unknown-root"),
        (chain(LADDER.leaf), "missing-intermediate"),
        (
            chain(
                sign(HOST, names(HOST), issuer=LADDER.leaf), LADDER.leaf, LADDER.middle
            ),
            "invalid-chain",
        ),
    ],
)
def test_a_chain_that_is_not_trusted_says_why_once(sent, code):
    found = mean(sent)

    assert not found.is_trusted
    assert codes(found) == [code]
    assert found.findings[0].sentence == found.verdict.sentence
    assert found.rating is not None
    assert found.rating.grade == "T"


def test_an_intermediate_that_is_out_of_date_is_named():
    ladder = Ladder(middle_wish={"begins": -30, "ends": -1})
    store = TrustStore(name="Corp", roots=chain(ladder.root))

    found = mean(ladder.sent, stores=[store])

    assert codes(found) == ["expired-intermediate"]
    assert "“Issuing CA”" in found.findings[0].sentence


def test_a_chain_that_browsers_complete_costs_the_best_grades_but_no_trust():
    """As the guide has it: B, where a chain that nobody can complete is T."""
    found = mean(chain(LADDER.leaf), known=[LADDER.middle.der])

    assert codes(found) == ["missing-intermediate"]
    assert "Browsers that complete chains trust it" in found.findings[0].sentence
    assert found.rating is not None
    assert found.rating.grade == "B"
    assert found.rating.lines == ("B because the chain is incomplete.",)


def test_clients_that_know_the_renewed_intermediate_trust_a_chain_with_the_old_one():
    past = {"begins": -30, "ends": -1}
    old = sign("Issuing CA", CA, issuer=LADDER.root, key=LADDER.middle.key, **past)

    found = mean(chain(LADDER.leaf, old), known=[LADDER.middle.der])

    assert codes(found) == ["expired-intermediate"]
    assert found.rating is not None
    assert found.rating.lines == ("B because the chain is incomplete.",)


def test_what_is_odd_about_a_chain_is_told_though_it_is_trusted():
    found = mean((*LADDER.sent, LADDER.middle.der, b"junk", LADDER.root.der))

    assert found.is_trusted
    assert codes(found) == ["not-a-certificate", "duplicate-certificates", "root-sent"]
    assert [each.sentence for each in found.findings] == [
        "No certificate is at position 4 of the chain.",
        "Sent more than once: “Issuing CA”.",
        "Roots need not be sent: “Root”.",
    ]


def test_a_name_that_is_not_covered_is_told_and_graded():
    found = mean(LADDER.sent, host="other.test")

    assert codes(found) == ["name-mismatch"]
    assert found.rating is not None
    assert found.rating.grade == "M"


def test_a_certificate_that_can_be_forged_is_told():
    authority = Authority("Old", now=NOW, key_kind="rsa-2048")
    forged = authority.issue(make_wish(is_sha1=True, dns_names=(HOST,)))
    store = TrustStore(name="Corp", roots=(authority.root.der,))

    found = mean(forged.chain, stores=[store])

    assert not found.is_trusted
    assert codes(found) == ["invalid-chain", "weak-signature"]


def test_one_handshake_tells_what_it_can():
    found = mean(
        LADDER.sent, shown=Shown("TLSv1.1", "ECDHE-ECDSA-AES128-SHA", "secp256r1")
    )

    assert codes(found) == ["old-protocol", "no-tls13"]


def test_a_deep_check_says_more_than_the_handshake():
    suite = find("ECDHE-ECDSA-AES128-SHA")
    assert suite is not None
    deep = DeepResult(
        host=HOST,
        port=443,
        server_name="",
        versions=("TLSv1.2", "TLSv1"),
        suites=(
            OfferedSuite.of(suite, version="TLSv1.2"),
            OfferedSuite.of(suite, version="TLSv1"),
        ),
        groups=("x25519",),
        is_tls13_known=True,
        is_complete=True,
    )

    found = mean(LADDER.sent, deep=deep)

    assert {"old-protocol", "no-tls13", "no-post-quantum"} <= set(codes(found))
    assert found.rating is not None
    assert found.rating.is_complete


def test_a_deep_check_that_saw_nothing_is_not_heard():
    deep = DeepResult(host=HOST, port=443, server_name="", error_code="timeout")

    assert mean(LADDER.sent, deep=deep) == mean(LADDER.sent)


def test_without_a_version_there_is_no_grade():
    leaf = parse_der(LADDER.leaf.der)

    rating = rate(leaf, host=HOST, verdict=verdict(), shown=Shown("", "", ""))

    assert rating is None


def test_what_it_means_does_not_change_with_the_day():
    leaf = parse_der(LADDER.leaf.der)

    def at(moment):
        verdicts = Judge([CORP, certifi_store()], now=moment).judge(LADDER.sent)
        opinion = Opinion(verdicts=verdicts, counting=frozenset({"Corp"}))
        found = meaning(
            leaf, host=HOST, sent=LADDER.sent, opinion=opinion, shown=Shown()
        )
        return found.findings, found.rating, found.is_trusted

    assert at(NOW) == at(NOW + timedelta(days=29))
