"""Deep checks of servers that no library of today can be: made byte by byte."""

import pytest

from certs.pki.suites import SSL3, TLS10, TLS11, TLS12, TLS13
from certs.tests.pki.deep.asking import check_fake, names
from certs.tests.pki.deep.fake import MODERN, OLD, Fake, alert

X25519, P256, X25519MLKEM768 = 29, 23, 0x11EC


def test_a_modern_server_is_known_after_few_questions():
    fake = Fake(suites=MODERN, groups=[X25519MLKEM768, X25519, P256])

    result = check_fake(fake)

    assert result.versions == ("TLSv1.3", "TLSv1.2")
    assert names(result, "TLSv1.3") == MODERN[TLS13]
    assert names(result, "TLSv1.2") == MODERN[TLS12]
    assert result.groups == ("X25519MLKEM768", "x25519", "secp256r1")
    assert result.prefers_server_order == {"TLSv1.3": True, "TLSv1.2": True}
    assert result.is_complete
    assert (result.error_code, result.error_text) == ("", "")
    assert result.connections <= 15
    assert (result.host, result.address) == ("127.0.0.1", "127.0.0.1")


def test_each_hello_is_for_the_server_that_was_named():
    fake = Fake(suites=MODERN)

    check_fake(fake)

    names_sent = {hello.server_name for hello in fake.hellos}
    assert names_sent == {"www.example.test"}


def test_a_server_of_the_nineties_is_seen():
    fake = Fake(suites={SSL3: ["RC4-SHA", "DES-CBC3-SHA"]}, has_ssl2=True)

    result = check_fake(fake)

    assert result.versions == ("SSLv3", "SSLv2")
    assert names(result, "SSLv3") == ["RC4-SHA", "DES-CBC3-SHA"]
    assert result.is_complete


def test_ssl_3_is_found_behind_a_server_that_hangs_up_on_extensions():
    class Fussy(Fake):
        def version_for(self, hello):
            return SSL3 if hello.version == SSL3 else None

    fake = Fussy(suites={SSL3: ["RC4-SHA"]}, refusal=alert(40))

    result = check_fake(fake)

    assert result.versions == ("SSLv3",)
    assert fake.hellos[-1].extensions == {}


def test_every_version_has_its_own_suites():
    rc4 = [*OLD, "RC4-SHA"]
    suites = {**MODERN, TLS12: [*MODERN[TLS12], *OLD], TLS11: OLD, TLS10: rc4}

    result = check_fake(Fake(suites=suites))

    assert result.versions == ("TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1")
    assert names(result, "TLSv1.2") == [*MODERN[TLS12], *OLD]
    assert names(result, "TLSv1.1") == OLD
    assert names(result, "TLSv1") == rc4
    assert not any(suite.is_inferred for suite in result.suites)
    assert result.is_complete


def test_a_version_that_takes_less_than_a_newer_one_is_not_given_more():
    suites = {TLS12: [*MODERN[TLS12], *OLD], TLS10: OLD[:1]}

    result = check_fake(Fake(suites=suites))

    assert names(result, "TLSv1") == OLD[:1]
    assert result.is_complete


def test_a_server_of_tls_1_1_alone_is_walked_without_a_newer_one():
    result = check_fake(Fake(suites={TLS11: OLD}))

    assert result.versions == ("TLSv1.1",)
    assert names(result, "TLSv1.1") == OLD


def test_a_server_without_an_order_is_told_and_shown_the_strongest_first():
    suites = {TLS12: ["AES128-SHA", "DES-CBC3-SHA", "ECDHE-RSA-AES256-GCM-SHA384"]}

    result = check_fake(Fake(suites=suites, has_own_order=False))

    assert result.prefers_server_order == {"TLSv1.2": False}
    assert names(result, "TLSv1.2") == [
        "ECDHE-RSA-AES256-GCM-SHA384",
        "AES128-SHA",
        "DES-CBC3-SHA",
    ]


def test_a_single_suite_says_nothing_about_an_order():
    result = check_fake(Fake(suites={TLS12: ["AES128-SHA"]}))

    assert result.prefers_server_order == {}


def test_curves_are_asked_for_where_tls_1_3_does_not_name_them():
    result = check_fake(Fake(suites={TLS12: MODERN[TLS12]}, groups=[P256, 30, 19]))

    assert result.groups == ("secp256r1", "x448", "secp192r1")
    assert result.is_complete


@pytest.mark.parametrize("bits", [512, 1024, 4096])
def test_the_size_of_the_prime_is_read(bits):
    suites = {TLS12: ["DHE-RSA-AES128-SHA", "AES128-SHA"]}

    result = check_fake(Fake(suites=suites, dh_bits=bits))

    assert result.dh_bits == bits
    assert result.groups == ()


def test_compression_renegotiation_and_heartbeats_are_seen_not_used():
    fake = Fake(
        suites={TLS12: ["AES128-SHA"]}, compresses=True, is_secure=False, beats=True
    )

    result = check_fake(fake)

    assert result.compression is True
    assert result.secure_renegotiation is False
    assert result.heartbeat is True
    assert sum(15 in hello.extensions for hello in fake.hellos) <= 3


def test_what_tls_1_3_has_not_is_not_known_of_it():
    result = check_fake(Fake(suites={TLS13: MODERN[TLS13]}))

    assert result.compression is None
    assert result.secure_renegotiation is None
    assert result.heartbeat is None
    assert result.dh_bits is None


def test_a_server_that_balks_at_long_hellos_is_asked_for_common_suites():
    fake = Fake(suites={TLS12: MODERN[TLS12]}, most_suites=120, refusal=alert(40))

    result = check_fake(fake)

    assert names(result, "TLSv1.2") == MODERN[TLS12]


def test_such_a_server_is_found_in_an_old_version_too():
    fake = Fake(suites={TLS10: OLD}, most_suites=60, refusal=alert(40))

    result = check_fake(fake)

    assert result.versions == ("TLSv1",)
    assert result.suites


def test_weak_suites_are_known_although_the_budget_ends_first():
    strong = [
        *("ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256"),
        *("DHE-RSA-AES256-GCM-SHA384", "DHE-RSA-AES128-GCM-SHA256"),
    ]
    fake = Fake(suites={TLS12: [*strong, "RC4-SHA"]})

    result = check_fake(fake, budget=7)

    assert "RC4-SHA" in names(result, "TLSv1.2")
    assert not result.is_complete
    assert result.connections == 7


def test_what_the_budget_does_not_reach_is_inferred_and_said_to_be():
    suites = {TLS12: [*MODERN[TLS12], *OLD], TLS11: OLD, TLS10: OLD}

    result = check_fake(Fake(suites=suites), budget=18)

    asked = {s.openssl_name for s in result.suites_of("TLSv1.1") if not s.is_inferred}
    inferred = {s.openssl_name for s in result.suites_of("TLSv1.1") if s.is_inferred}
    assert asked | inferred == set(OLD)
    assert inferred
    assert not result.is_complete
    assert result.error_code == ""


def test_a_server_with_everything_is_asked_40_times_and_no_more():
    many = [
        *MODERN[TLS12],
        *("ECDHE-RSA-AES256-SHA384", "ECDHE-RSA-AES128-SHA256", "DHE-RSA-AES256-SHA"),
        *("DHE-RSA-AES256-GCM-SHA384", "DHE-RSA-AES128-GCM-SHA256", "AES256-SHA"),
        *("AES256-GCM-SHA384", "AES128-GCM-SHA256", "AES256-SHA256", "AES128-SHA256"),
        *("CAMELLIA256-SHA", "CAMELLIA128-SHA", "SEED-SHA", "IDEA-CBC-SHA", *OLD),
    ]
    old = [*OLD, "AES256-SHA", "CAMELLIA256-SHA", "SEED-SHA", "RC4-SHA"]
    suites = {TLS13: MODERN[TLS13], TLS12: many, TLS11: old, TLS10: old, SSL3: old[1:]}

    result = check_fake(Fake(suites=suites, has_ssl2=True), budget=1000)

    assert result.connections == 40
    assert not result.is_complete
    assert len(result.versions) == 6


@pytest.mark.parametrize("budget", range(1, 16))
def test_a_small_budget_ends_the_check_anywhere(budget):
    suites = {**MODERN, TLS12: [*MODERN[TLS12], *OLD], TLS10: OLD}

    result = check_fake(Fake(suites=suites), budget=budget)

    assert result.connections == budget
    assert not result.is_complete
    assert result.versions
