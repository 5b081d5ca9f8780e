from datetime import timedelta

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from certs.pki.demo.authority import issue
from certs.pki.rules import defects, sentences
from certs.tests.pki import building
from certs.tests.pki.building import NOW, certificate, make_wish, sequence, tlv
from certs.tests.pki.signing import (
    CA,
    UNKNOWN,
    Ladder,
    purpose,
    read_link,
    sign,
    up_to,
    usage,
)

SERVER, CLIENT = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH
ANY = ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE
SECOND = timedelta(seconds=1)


def links(*identities):
    return [read_link(identity.der) for identity in identities]


def found(*identities, now=NOW):
    return [(each.code, each.sentence) for each in defects(links(*identities), now=now)]


def of_ladder(now=NOW, **extensions):
    ladder = Ladder(**extensions)
    return found(ladder.leaf, ladder.middle, ladder.root, now=now)


def test_a_path_without_ornaments_is_valid():
    assert of_ladder() == []


def test_purposes_and_usages_that_fit_are_valid():
    ca = (CA, usage(signs_certificates=True), purpose(ANY))

    assert of_ladder(root=ca, middle=ca, leaf=[purpose(SERVER)]) == []


def test_dates_include_both_ends():
    """RFC 5280, 4.1.2.5."""
    ladder = Ladder(leaf=(), root=(CA,))
    leaf = read_link(ladder.leaf.der)

    def codes(now):
        found_ = defects([leaf], now=now)
        return [each.code for each in found_]

    assert codes(leaf.not_before) == codes(leaf.not_after) == []
    assert codes(leaf.not_before - SECOND) == ["not-yet-valid"]
    assert codes(leaf.not_after + SECOND) == ["expired"]


@pytest.mark.parametrize("who", ["root", "middle"])
@pytest.mark.parametrize(
    ("dates", "says"),
    [
        ({"begins": -30, "ends": -1}, "expired on 2026-05-03."),
        ({"begins": 1, "ends": 30}, "is not valid before 2026-05-05."),
    ],
)
def test_a_ca_out_of_its_dates_is_named(who, dates, says):
    ((code, sentence),) = of_ladder(**{f"{who}_wish": dates})

    assert code == "expired-intermediate"
    assert sentence.endswith(says)


@pytest.mark.parametrize(
    ("extensions", "says"),
    [
        ({"middle": ()}, "“Issuing CA” is not the certificate of a CA."),
        ({"root": ()}, "“Root” is not the certificate of a CA."),
        ({"root": [up_to(0)]}, "“Root” allows 0 CAs below it; there are 1."),
        (
            {"middle": [CA, usage(signs_certificates=False)]},
            "The key of “Issuing CA” may not sign certificates.",
        ),
        (
            {"middle": [CA, purpose(CLIENT)]},
            "“Issuing CA” is not for servers, says its extended key usage.",
        ),
        (
            {"leaf": [purpose(CLIENT)]},
            "“leaf.test” is not for servers, says its extended key usage.",
        ),
        (
            {"middle": [CA, UNKNOWN]},
            "“Issuing CA” has critical extensions unknown here: 1.2.3.4.",
        ),
        (
            {"leaf": [UNKNOWN]},
            "“leaf.test” has critical extensions unknown here: 1.2.3.4.",
        ),
    ],
)
def test_what_makes_a_path_invalid_is_said(extensions, says):
    assert of_ladder(**extensions) == [("invalid", says)]


def test_a_length_that_is_kept_is_valid():
    assert of_ladder(root=[up_to(1)], middle=[up_to(0)]) == []


def test_a_new_key_of_the_same_ca_does_not_count_for_the_length():
    """RFC 5280, 6.1.4 (l): self-issued certificates do not."""
    old = sign("Root", up_to(0))
    new = sign("Root", CA, issuer=old)
    leaf = sign("leaf.test", issuer=new)

    assert found(leaf, new, old) == []


def test_a_root_of_version_1_cannot_say_that_it_is_a_ca():
    root = certificate(version=b"", rest=b"", subject=building.common_name("Issuer"))
    leaf = certificate(rest=b"")

    assert defects([read_link(leaf), read_link(root)], now=NOW) == ()
    (defect,) = defects(
        [read_link(leaf), read_link(root), read_link(sign("Top", CA).der)], now=NOW
    )
    assert "“Issuer” is not the certificate of a CA" in defect.sentence


def test_a_signature_that_can_be_forged_is_invalid_but_on_the_root():
    """RFC 9155 and RFC 6151; a root is trusted for its key."""
    weak = issue(make_wish(is_sha1=True, key_kind="rsa-2048", is_ca=True))
    leaf = issue(make_wish(is_sha1=True), issuer=weak)

    assert found(leaf, weak) == [
        (
            "invalid",
            "“www.example.test” is signed with SHA-1, which can be forged.",
        )
    ]


def test_a_key_that_can_be_broken_is_invalid():
    modulus = tlv(0x02, b"\0" + b"\xff" * 64)
    key = sequence(modulus, b"\x02\x03\x01\x00\x01")
    algorithm = sequence(building.oid("1.2.840.113549.1.1.1"), b"\5\0")
    leaf = certificate(spki=sequence(algorithm, tlv(0x03, b"\0", key)))

    (defect,) = defects([read_link(leaf)], now=NOW)

    assert defect.sentence == "The key of “leaf.test” has 512 bits only."
    assert found(sign("Root", CA, kind="rsa-1024")) == []


def test_what_clients_cannot_read_is_invalid():
    twice = tlv(0xA3, sequence(building.SAN, building.SAN))

    (defect,) = defects([read_link(certificate(rest=twice))], now=NOW)

    assert defect.code == "invalid"
    assert defect.sentence == "Clients cannot read “leaf.test”: its encoding is bad."


def test_sentences_are_said_once():
    twice = defects(links(*[sign("leaf.test", purpose(CLIENT))] * 2), now=NOW)

    assert sentences(twice[:1] * 2).count("not for servers") == 1
