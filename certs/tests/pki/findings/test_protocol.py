"""Findings about what a server agrees to."""

import dataclasses

import pytest

from certs.pki.findings import of_deep, of_handshake
from certs.pki.suites import SSL3, TLS10, TLS11, TLS12, TLS13
from certs.tests.pki.deep.asking import check_fake
from certs.tests.pki.deep.fake import MODERN, OLD, Fake


def codes(findings):
    return [finding.code for finding in findings]


@pytest.mark.parametrize(
    ("version", "cipher", "group", "expected"),
    [
        ("TLSv1.3", "TLS_AES_256_GCM_SHA384", "", []),
        ("TLSv1.3", "TLS_AES_256_GCM_SHA384", "x25519", []),
        ("TLSv1.3", "TLS_AES_256_GCM_SHA384", "X25519MLKEM768", ["post-quantum"]),
        ("TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256", "", ["no-tls13"]),
        ("TLSv1.2", "AES128-SHA", "", ["no-tls13", "no-forward-secrecy"]),
        (
            "TLSv1",
            "DES-CBC3-SHA",
            "",
            ["old-protocol", "no-tls13", "weak-cipher", "no-forward-secrecy"],
        ),
        ("TLSv1.3", "TLS_OF_TOMORROW", "group 0x1234", []),
        ("", "", "", []),
    ],
)
def test_one_handshake_tells_what_it_can(version, cipher, group, expected):
    assert codes(of_handshake(version, cipher, group)) == expected


def test_a_modern_server_lacks_post_quantum_key_exchange_at_most():
    plain = check_fake(Fake(suites=MODERN))
    hybrid = check_fake(Fake(suites=MODERN, groups=[0x11EC, 0x11EB, 29]))

    assert codes(of_deep(plain)) == ["no-post-quantum"]
    (good,) = of_deep(hybrid)
    assert good.sentence == (
        "The server offers post-quantum key exchange (X25519MLKEM768,"
        " SecP256r1MLKEM768)."
    )


def test_an_old_server_has_much_to_tell():
    fake = Fake(
        suites={TLS12: ["DES-CBC3-SHA"], TLS11: OLD, TLS10: OLD, SSL3: ["RC4-SHA"]},
        compresses=True,
        is_secure=False,
    )

    found = of_deep(check_fake(fake))

    assert codes(found) == [
        *("old-protocol", "no-tls13", "weak-cipher", "compression"),
        *("insecure-renegotiation", "no-post-quantum"),
    ]
    assert "offers SSLv3, TLSv1, TLSv1.1, which" in found[0].sentence
    assert (
        "TLS_RSA_WITH_3DES_EDE_CBC_SHA, TLS_RSA_WITH_RC4_128_SHA" in found[2].sentence
    )
    command = found[2].command("a.test", 443)
    assert "-tls1_2 -cipher DES-CBC3-SHA:@SECLEVEL=0" in command


def test_many_weak_suites_are_counted():
    weak = ["RC4-SHA", "RC4-MD5", "DES-CBC-SHA", "DES-CBC3-SHA", "NULL-SHA", "NULL-MD5"]
    weak.append("IDEA-CBC-SHA")

    found = of_deep(check_fake(Fake(suites={TLS12: weak})))

    (finding,) = (each for each in found if each.code == "weak-cipher")
    assert finding.sentence.endswith("and 2 more.")


def test_no_forward_secrecy_is_said_when_there_is_none():
    without = check_fake(Fake(suites={TLS12: ["AES128-SHA"]}))
    some = check_fake(Fake(suites={TLS12: ["AES128-SHA", "DHE-RSA-AES128-SHA"]}))

    assert "no-forward-secrecy" in codes(of_deep(without))
    assert "no-forward-secrecy" not in codes(of_deep(some))


@pytest.mark.parametrize(("bits", "is_weak"), [(2040, True), (2048, False)])
def test_a_short_prime_is_found(bits, is_weak):
    fake = Fake(suites={TLS12: ["DHE-RSA-AES128-SHA"]}, dh_bits=bits)

    assert ("weak-dh" in codes(of_deep(check_fake(fake)))) is is_weak


@pytest.mark.parametrize(
    ("speaks_http", "max_age", "is_missed"),
    [(None, None, False), (False, None, False), (True, None, True), (True, 0, True)],
)
def test_hsts_is_missed_where_http_is_spoken(speaks_http, max_age, is_missed):
    result = check_fake(Fake(suites=MODERN))

    asked = dataclasses.replace(result, speaks_http=speaks_http, hsts_max_age=max_age)

    assert ("no-hsts" in codes(of_deep(asked))) is is_missed


def test_what_was_not_asked_for_is_not_missed():
    short = check_fake(
        Fake(suites={TLS13: MODERN[TLS13], TLS12: MODERN[TLS12]}), budget=3
    )

    assert "no-post-quantum" not in codes(of_deep(short))
    nothing = dataclasses.replace(short, versions=())
    assert of_deep(nothing) == ()
