"""Grades, held to the SSL Server Rating Guide."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import pytest

from certs.pki.deep import DeepResult, OfferedSuite
from certs.pki.rating import Grade, Reason, from_handshake, rate
from certs.tests.pki.deep.fake import named

HALF_A_YEAR = 15_552_000
MODERN = {
    "TLSv1.3": ["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"],
    "TLSv1.2": ["ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256"],
}
PRIME = "the Diffie-Hellman prime is"
CBC = ["ECDHE-RSA-AES256-SHA"]


@dataclass
class Facts:
    """A sound certificate, but for what a test says."""

    key_algorithm: str = "RSA"
    key_size: int = 2048
    signature_algorithm: str = "sha256WithRSAEncryption"


def served(suites=None, **facts):
    """Return a complete deep check of a good web server, but for `facts`."""
    suites = MODERN if suites is None else suites
    offered = [
        OfferedSuite.of(named(name), version=version)
        for version, names in suites.items()
        for name in names
    ]
    known: dict[str, Any] = {
        "versions": tuple(suites),
        "suites": tuple(offered),
        "prefers_server_order": dict.fromkeys(suites, True),
        "groups": ("x25519",),
        "secure_renegotiation": True,
        "compression": False,
        "speaks_http": True,
        "hsts_max_age": HALF_A_YEAR,
        "is_tls13_known": True,
        "is_complete": True,
    }
    return DeepResult(host="a.test", port=443, server_name="", **known | facts)


def graded(result, certificate=None, **verdicts):
    verdicts = {"is_trusted": True, "is_match": True} | verdicts
    return rate(result, certificate or Facts(), **verdicts)


def test_an_exceptional_server_has_a_plus_and_no_reason():
    rating = graded(served())

    assert rating.grade is Grade.A_PLUS
    assert rating.reasons == ()
    assert rating.is_complete
    assert rating.score == 93  # 100 × 30 % + 90 × 30 % + 90 × 40 %


@pytest.mark.parametrize(
    ("max_age", "grade"),
    [
        (HALF_A_YEAR, "A+"),
        (HALF_A_YEAR - 1, "A"),
        (0, "A-"),
        (None, "A-"),
    ],
)
def test_a_web_server_earns_the_plus_by_hsts(max_age, grade):
    assert graded(served(hsts_max_age=max_age)).grade == grade


@pytest.mark.parametrize("speaks_http", [None, False])
def test_other_servers_earn_the_plus_by_their_suites(speaks_http):
    other = {"speaks_http": speaks_http, "hsts_max_age": None}
    with_cbc = {**MODERN, "TLSv1.2": [*MODERN["TLSv1.2"], *CBC]}

    assert graded(served(**other)).grade is Grade.A_PLUS
    assert graded(served(with_cbc, **other)).grade is Grade.A


def test_what_was_not_asked_for_caps_nothing():
    suites = {"TLSv1.2": MODERN["TLSv1.2"]}

    rating = graded(served(suites, is_tls13_known=False, is_complete=False))

    assert rating.grade is Grade.A


def test_a_check_that_is_not_complete_gives_no_plus():
    rating = graded(served(is_complete=False))

    assert rating.grade is Grade.A
    assert not rating.is_complete


@pytest.mark.parametrize(
    ("changes", "grade", "line"),
    [
        (
            {"TLSv1.1": CBC},
            "B",
            "B because TLS 1.1 is offered.",
        ),
        ({"TLSv1": CBC}, "B", "B because TLS 1.0 is offered."),
        ({"SSLv3": ["RC4-SHA"]}, "B", "B because SSL 3.0 is offered."),
        ({"SSLv3": ["RC4-SHA"]}, "B", "B because RC4 is offered."),
        (
            {"SSLv3": ["AES128-SHA"]},
            "C",
            "C because SSL 3.0 is offered with CBC ciphers (POODLE).",
        ),
        ({"SSLv2": []}, "F", "F because SSL 2.0 is offered."),
        (
            {"TLSv1.1": [*CBC, "RC4-SHA"]},
            "C",
            "C because RC4 is offered with TLS 1.1 or newer.",
        ),
        (
            {"TLSv1.1": [*CBC, "DES-CBC3-SHA"]},
            "C",
            "C because ciphers with blocks of 64 bits are offered (Sweet32).",
        ),
        (
            {"TLSv1": [*CBC, "ADH-AES128-SHA"]},
            "F",
            "F because anonymous cipher suites are offered.",
        ),
        (
            {"TLSv1": [*CBC, "NULL-SHA"]},
            "F",
            "F because cipher suites without encryption are offered.",
        ),
        (
            {"TLSv1": [*CBC, "EXP-RC4-MD5"]},
            "F",
            "F because export cipher suites are offered.",
        ),
        (
            {"TLSv1": [*CBC, "DES-CBC-SHA"]},
            "F",
            "F because ciphers with less than 112 bits are offered.",
        ),
    ],
)
def test_what_is_offered_beside_caps_the_grade(changes, grade, line):
    rating = graded(served({**MODERN, **changes}))

    assert rating.grade == grade
    assert line in rating.lines


@pytest.mark.parametrize(
    ("suites", "grade", "line"),
    [
        (
            {"TLSv1.2": MODERN["TLSv1.2"]},
            "A-",
            "A- because TLS 1.3 is not offered.",
        ),
        ({"TLSv1.1": CBC}, "C", "C because TLS 1.2 is not offered."),
        ({"TLSv1": CBC}, "C", "C because TLS 1.2 is not offered."),
        ({"SSLv3": CBC}, "F", "F because SSL 3.0 is the best version offered."),
        ({"SSLv2": []}, "F", "F because SSL 2.0 is offered."),
        ({"TLSv1.2": ["RC4-SHA"]}, "F", "F because only RC4 is offered."),
        (
            {"TLSv1.2": ["AES128-GCM-SHA256"]},
            "B",
            "B because there is no forward secrecy.",
        ),
        (
            {"TLSv1.2": CBC},
            "B",
            "B because there is no authenticated encryption (AEAD).",
        ),
    ],
)
def test_what_is_missing_caps_the_grade(suites, grade, line):
    rating = graded(served(suites))

    assert rating.grade == grade
    assert line in rating.lines


def test_the_order_of_the_server_decides_what_clients_get():
    suites = {"TLSv1.2": ["AES128-SHA", *MODERN["TLSv1.2"]]}

    strict = graded(served(suites))
    lenient = graded(served(suites, prefers_server_order={"TLSv1.2": False}))

    assert strict.grade is Grade.B
    assert lenient.grade is Grade.A_MINUS


@pytest.mark.parametrize(
    ("facts", "grade", "line"),
    [
        (
            {"dh_bits": 2047},
            "B",
            f"B because {PRIME} 2,047 bits long.",
        ),
        (
            {"dh_bits": 1024},
            "B",
            "B because the Diffie-Hellman prime is 1,024 bits long.",
        ),
        (
            {"dh_bits": 1023},
            "F",
            f"F because {PRIME} 1,023 bits long.",
        ),
        ({"dh_bits": 2048}, "A+", None),
        ({"compression": True}, "C", "C because TLS compression is on (CRIME)."),
        (
            {"secure_renegotiation": False},
            "A-",
            "A- because secure renegotiation is not supported.",
        ),
        ({"secure_renegotiation": None}, "A+", None),
        ({"hsts_max_age": None}, "A-", "A- because HSTS is not sent."),
        ({"groups": ("secp160r1", "no-such-group")}, "A+", None),
    ],
)
def test_what_hellos_and_headers_say_caps_the_grade(facts, grade, line):
    rating = graded(served(**facts))

    assert rating.grade == grade
    assert line is None or line in rating.lines


@pytest.mark.parametrize(
    ("certificate", "grade"),
    [
        (Facts(key_size=4096), "A+"),
        (Facts(key_size=2047), "B"),
        (Facts(key_size=1024), "B"),
        (Facts(key_size=1023), "F"),
        (Facts(key_size=0), "A+"),
        (Facts(key_algorithm="ECDSA", key_size=256), "A+"),
        (Facts(key_algorithm="ECDSA", key_size=384), "A+"),
        (Facts(key_algorithm="ECDSA", key_size=192), "B"),
        (Facts(key_algorithm="ECDSA", key_size=0), "A+"),
        (Facts(key_algorithm="Ed25519", key_size=0), "A+"),
        (Facts(key_algorithm="ML-DSA-65", key_size=0), "A+"),
        (Facts(signature_algorithm="md5WithRSAEncryption"), "F"),
        (Facts(signature_algorithm="sha1WithRSAEncryption"), "T"),
        (Facts(signature_algorithm="ecdsa-with-SHA1"), "T"),
    ],
)
def test_the_certificate_caps_the_grade(certificate, grade):
    assert graded(served(), certificate).grade == grade


def test_an_incomplete_chain_caps_the_grade():
    rating = graded(served(), has_whole_chain=False)

    assert rating.lines == ("B because the chain is incomplete.",)


def test_no_trust_beats_a_mismatch_and_a_mismatch_beats_the_rest():
    bad = served({**MODERN, "SSLv2": []})

    both = graded(bad, is_trusted=False, is_match=False)
    mismatch = graded(bad, is_match=False)

    assert (both.grade, both.if_trusted) == (Grade.T, Grade.F)
    assert both.lines[:3] == (
        "T because the certificate is not trusted.",
        "M because the certificate is for other hosts.",
        "F because SSL 2.0 is offered.",
    )
    assert (mismatch.grade, mismatch.if_trusted) == (Grade.M, Grade.F)


def test_an_untrusted_server_is_told_what_it_would_have():
    rating = graded(served(), is_trusted=False)

    assert (rating.grade, rating.if_trusted) == (Grade.T, Grade.A_PLUS)


@pytest.mark.parametrize(
    ("suites", "certificate", "score"),
    [
        # The middle of the best and the worst protocol, and of the ciphers.
        ({**MODERN, "TLSv1": CBC}, Facts(), 0.3 * 95 + 0.3 * 90 + 0.4 * 90),
        ({**MODERN, "SSLv3": CBC}, Facts(), 0.3 * 90 + 0.3 * 90 + 0.4 * 90),
        ({"TLSv1.3": MODERN["TLSv1.3"][:1]}, Facts(), 30 + 27 + 40),
        ({"TLSv1.2": ["DES-CBC3-SHA"]}, Facts(), 30 + 27 + 32),
        ({"TLSv1.2": ["DES-CBC-SHA"]}, Facts(), 30 + 27 + 8),
        ({"TLSv1.2": ["EXP-RC4-MD5"]}, Facts(), 30 + 12 + 8),
        ({"TLSv1.2": ["AES128-SHA"]}, Facts(key_size=1024), 30 + 24 + 32),
        ({"TLSv1.2": ["AES128-SHA"]}, Facts(key_size=1023), 30 + 12 + 32),
        ({"TLSv1.2": ["AES128-SHA"]}, Facts(key_size=511), 30 + 6 + 32),
        ({"TLSv1.2": ["NULL-SHA"]}, Facts(), 0),
        ({"TLSv1.2": ["ADH-AES128-SHA"]}, Facts(), 0),
        ({"SSLv2": []}, Facts(), 0),
    ],
)
def test_the_score_is_that_of_the_guide(suites, certificate, score):
    assert graded(served(suites), certificate).score == round(score)


def test_large_keys_and_groups_count_fully():
    result = served({"TLSv1.3": MODERN["TLSv1.3"][:1]}, groups=("secp384r1",))

    assert graded(result, Facts(key_size=4096)).score == 100


@pytest.mark.parametrize(
    ("suites", "certificate", "line"),
    [
        (
            {"TLSv1.2": ["DES-CBC-SHA"]},
            Facts(key_size=511),
            "D because the score is 44",
        ),
        ({"TLSv1.2": ["DES-CBC-SHA"]}, Facts(), "B because the score is 65"),
        ({"TLSv1.2": ["EXP-RC4-MD5"]}, Facts(), "C because the score is 50"),
        ({"TLSv1.2": ["NULL-SHA"]}, Facts(), "F because the score is 0"),
    ],
)
def test_a_low_score_is_a_reason(suites, certificate, line):
    lines = graded(served(suites), certificate).lines

    assert f"{line} of 100." in lines


@pytest.mark.parametrize(
    ("handshake", "grade"),
    [
        (("TLSv1.3", "TLS_AES_256_GCM_SHA384", "X25519MLKEM768"), "A"),
        (("TLSv1.3", "TLS_AES_256_GCM_SHA384"), "A"),
        (("TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384", "x25519"), "A-"),
        (("TLSv1.2", "ECDHE-RSA-AES256-SHA"), "B"),
        (("TLSv1.2", "AES256-GCM-SHA384"), "B"),
        (("TLSv1", "ECDHE-RSA-AES256-SHA"), "C"),
        (("TLSv1.3", "TLS_OF_TOMORROW", "group 0x1234"), "A"),
    ],
)
def test_one_handshake_gives_the_grade_that_is_reached_at_best(handshake, grade):
    rating = graded(from_handshake(*handshake))

    assert rating.grade == grade
    assert not rating.is_complete


def test_without_a_handshake_there_is_no_rating():
    nothing = dataclasses.replace(served(), versions=(), suites=())

    assert graded(nothing) is None
    assert graded(from_handshake("", "")) is None


def test_without_a_certificate_the_rest_is_rated():
    rating = rate(served(groups=()), None, is_trusted=False, is_match=True)
    assert rating is not None

    assert (rating.grade, rating.if_trusted) == (Grade.T, Grade.A_PLUS)


def test_the_grades_are_in_order():
    assert " ".join(Grade) == "A+ A A- B C D E F M T"
    assert Grade.A_PLUS.rank < Grade.F.rank < Grade.M.rank < Grade.T.rank
    assert str(Reason(grade=Grade.B, cause="it rains")) == "B because it rains."
