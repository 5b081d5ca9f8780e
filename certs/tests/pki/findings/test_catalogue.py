"""The catalogue of findings: complete, and fit to be shown."""

import string

import pytest

from certs.pki.findings import KINDS, Finding, Severity
from certs.pki.findings.commands import LOOKS
from certs.pki.meaning import Opinion, meaning
from certs.pki.roots import TrustStore
from certs.pki.target import ProbeResult, Target
from certs.pki.trust import Judge
from certs.pki.x509 import parse_der
from certs.tests.pki.building import NOW
from certs.tests.pki.signing import CA, Ladder, names, sign

PROMISED = """
expired expiring not-yet-valid name-mismatch self-signed unknown-root
missing-intermediate expired-intermediate invalid-chain wrong-order extra-certificates
root-sent duplicate-certificates not-a-certificate too-many-certificates
small-key weak-signature too-long-lived no-san wildcard shared-key
same-key-renewed duplicate-serial client-auth old-protocol weak-cipher
no-forward-secrecy no-tls13 post-quantum no-post-quantum nodes-differ not-deployed
parse-problem
"""


def test_every_promised_code_is_there():
    assert set(PROMISED.split()) <= set(KINDS)


@pytest.mark.parametrize("code", KINDS)
def test_a_kind_says_all_that_people_need(code):
    kind = KINDS[code]

    assert kind.severity in Severity
    assert kind.sentence.endswith((".", "}"))
    assert kind.remedy.endswith(".")
    assert kind.look in LOOKS
    fields = {name for _, name, _, _ in string.Formatter().parse(kind.sentence)}
    assert all(name is None or name.isidentifier() for name in fields)


def test_the_good_news_is_not_a_warning():
    assert KINDS["post-quantum"].severity is Severity.GOOD
    assert [*Severity] == ["critical", "warning", "notice", "good"]


def of_chain(*identities, roots=(), known=()):
    """What is found of a chain that is really sent."""
    sent = [each if isinstance(each, bytes) else each.der for each in identities]
    store = TrustStore(name="Corp", roots=tuple(each.der for each in roots))
    judge = Judge([store], now=NOW, known=lambda _subject: known)
    found = meaning(
        parse_der(sent[0]),
        host="leaf.test",
        sent=sent,
        opinion=Opinion(verdicts=judge.judge(sent), counting=frozenset({"Corp"})),
        shown=ProbeResult(
            target=Target(host="leaf.test", port=443),
            address="192.0.2.1",
            chain=tuple(sent),
            tls_version="TLSv1.3",
            cipher="TLS_AES_128_GCM_SHA256",
            latency_ms=1,
        ),
    )
    return {each.code: each.sentence for each in found.findings}


LADDER = Ladder()
OTHER = sign("Other CA", CA)
EXPIRED = Ladder(middle_wish={"begins": -30, "ends": -1})
BAD = Ladder(middle=())


@pytest.mark.parametrize(
    ("code", "found", "sentence"),
    [
        (
            "self-signed",
            of_chain(sign("leaf.test", names("leaf.test"))),
            "It is its own issuer, and not in Corp.",
        ),
        (
            "unknown-root",
            of_chain(*LADDER.sent, LADDER.root),
            "It leads to the root “Root”, which is not in Corp.",
        ),
        (
            "missing-intermediate",
            of_chain(LADDER.leaf, roots=[LADDER.root]),
            "Its issuer “Issuing CA” was not sent, and is not known here.",
        ),
        (
            "missing-intermediate",
            of_chain(LADDER.leaf, roots=[LADDER.root], known=[LADDER.middle.der]),
            "Not sent, but known here: “Issuing CA”. Browsers that complete chains"
            " trust it, others do not.",
        ),
        (
            "expired-intermediate",
            of_chain(*EXPIRED.sent, roots=[EXPIRED.root]),
            "“Issuing CA” expired on 2026-05-03.",
        ),
        (
            "invalid-chain",
            of_chain(*BAD.sent, roots=[BAD.root]),
            "“Issuing CA” is not the certificate of a CA.",
        ),
        (
            "wrong-order",
            of_chain(LADDER.leaf, LADDER.root, LADDER.middle, roots=[LADDER.root]),
            "Sent too early: “Root”.",
        ),
        (
            "root-sent",
            of_chain(LADDER.leaf, LADDER.middle, LADDER.root, roots=[LADDER.root]),
            "Roots need not be sent: “Root”.",
        ),
        (
            "extra-certificates",
            of_chain(LADDER.leaf, LADDER.middle, OTHER, roots=[LADDER.root]),
            "Sent, but no part of the chain: “Other CA”.",
        ),
        (
            "duplicate-certificates",
            of_chain(*LADDER.sent, LADDER.middle, roots=[LADDER.root]),
            "Sent more than once: “Issuing CA”.",
        ),
        (
            "not-a-certificate",
            of_chain(*LADDER.sent, b"junk", roots=[LADDER.root]),
            "No certificate is at position 3 of the chain.",
        ),
        (
            "too-many-certificates",
            of_chain(*LADDER.sent, *[LADDER.middle] * 19, roots=[LADDER.root]),
            "21 certificates were sent; the first 20 are looked at.",
        ),
    ],
)
def test_a_chain_says_what_is_wrong_with_it(code, found, sentence):
    assert found[code] == sentence


@pytest.mark.parametrize("code", [c for c in KINDS if KINDS[c].sentence == "{reason}"])
def test_a_reason_is_all_that_a_kind_of_chain_says(code):
    """It is text of a certificate: it cannot steer a terminal, format, or run on."""
    about = {"reason": "“{code}\x1b[31m" + "n" * 900}

    finding = Finding(code=code, about=about)

    assert finding.sentence.startswith("“{code}.[31mnnn")
    assert len(finding.sentence) < 300
    assert KINDS[code].look == "chain"
    assert Finding(code=code).sentence == "–"


def test_the_kinds_of_a_chain_are_those_that_chains_and_stores_speak_of():
    of_chains = {code for code, kind in KINDS.items() if kind.look == "chain"}

    assert of_chains == {
        *("self-signed", "unknown-root", "missing-intermediate"),
        *("expired-intermediate", "invalid-chain", "wrong-order"),
        *("extra-certificates", "root-sent", "duplicate-certificates"),
        *("not-a-certificate", "too-many-certificates"),
    }
