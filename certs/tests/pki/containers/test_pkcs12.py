"""PKCS#12 files."""

import pytest
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from certs.pki import asn1
from certs.pki.containers.pkcs12 import MAX_ROUNDS
from certs.pki.x509 import InvalidCertificateError, parse_certificates, read_file
from certs.tests.pki.building import certificate, common_name, oid, sequence, tlv
from certs.tests.pki.containers import building
from certs.tests.pki.containers.building import (
    bag,
    certificate_bag,
    encrypted,
    pbe,
    pfx,
    plain,
    signed_data,
)

ONE, OTHER = certificate(), certificate(subject=common_name("other"))
NEEDS_PASSWORD = (
    "The certificates in the PKCS#12 file are encrypted: they need its password."
)
WRONG_PASSWORD = (
    "The password does not open the PKCS#12 file, or what it holds is damaged."
)
CUT_OFF = "The PKCS#12 file cannot be read to its end."
TOO_COSTLY = (
    "The PKCS#12 file asks for too many rounds to open it; at most 2,000,000 are done."
)
UNKNOWN = "The PKCS#12 file is encrypted in a way that is not known."


def ders(contents):
    return [parsed.der for parsed in contents.certificates]


@pytest.fixture(scope="module")
def pair():
    return building.key_and_certificate()


@pytest.fixture(scope="module")
def above():
    return building.key_and_certificate("ca.test")[1]


def written(pair, above, encryption):
    key, own = pair
    return pkcs12.serialize_key_and_certificates(b"x", key, own, [above], encryption)


def encryption(kind, rounds):
    builder = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(rounds)
    builder = builder.key_cert_algorithm(kind).hmac_hash(hashes.SHA1())  # noqa: S303 - what is old has it
    return builder.build(b"secret")


ENCRYPTIONS = [
    BestAvailableEncryption(b"secret"),
    encryption(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC, 2_000),
    encryption(pkcs12.PBES.PBESv2SHA256AndAES256CBC, 3),
]


@pytest.mark.parametrize("encryption", ENCRYPTIONS)
def test_the_password_opens_the_certificates(encryption, pair, above):
    data = written(pair, above, encryption)

    contents = read_file(data, password="secret")

    expected = [each.public_bytes(Encoding.DER) for each in (pair[1], above)]
    assert ders(contents) == expected
    assert contents.private_keys == 1
    assert contents.problems == ()
    assert contents.left_out == "The input also holds a private key; it was not kept."


@pytest.mark.parametrize("encryption", ENCRYPTIONS)
@pytest.mark.parametrize(
    ("password", "message"), [("", NEEDS_PASSWORD), ("wrong", WRONG_PASSWORD)]
)
def test_without_the_right_password_it_says_so(
    encryption, password, message, pair, above
):
    data = written(pair, above, encryption)

    with pytest.raises(InvalidCertificateError) as caught:
        read_file(data, password=password)

    assert str(caught.value) == message


def test_what_is_not_encrypted_needs_no_password(pair, above):
    data = written(pair, above, NoEncryption())

    assert len(parse_certificates(data)) == 2
    assert read_file(data, password="any").private_keys == 1


def test_the_private_key_is_in_nothing_that_comes_out(pair, above):
    data = written(pair, above, NoEncryption())
    secret = pair[0].private_numbers().private_value.to_bytes(32, "big")
    assert secret in data

    contents = read_file(data)

    assert secret not in repr(contents).encode("latin-1", "replace")
    assert all(secret not in der for der in ders(contents))


def sealed_with_nothing(der, *more, password_octets):
    """Return what Windows and OpenSSL write for an empty password: 3DES, SHA-1.

    RFC 7292 appendix B.2, with one round, for key (1) and initial vector (2).
    """

    def derived(purpose, octets):
        block = bytes((purpose,)) * 64 + b"saltsalt" * 8 + password_octets
        first = building.sha1(block)
        if octets <= 20:
            return first[:octets]
        chain = int.from_bytes(first * 3 + first[:4], "big") + 1
        width = 1 << (64 * 8)
        parts = [block[64:128], block[128:]]
        changed = b"".join(
            ((int.from_bytes(part, "big") + chain) % width).to_bytes(64, "big")
            for part in parts
            if part
        )
        second = building.sha1(bytes((purpose,)) * 64 + changed)
        return (first + second)[:octets]

    bags = sequence(certificate_bag(der), *more)
    bags += bytes([8 - len(bags) % 8]) * (8 - len(bags) % 8)
    cipher = Cipher(TripleDES(derived(1, 24)), CBC(derived(2, 8))).encryptor()
    return pfx(encrypted(pbe(3), cipher.update(bags) + cipher.finalize()))


@pytest.mark.parametrize("password_octets", [b"", bytes(64)])
def test_an_empty_password_is_tried_in_both_its_spellings(password_octets, pair):
    der = pair[1].public_bytes(Encoding.DER)

    data = sealed_with_nothing(der, password_octets=password_octets)

    assert ders(read_file(data)) == [der]


def without_lengths(tag, *contents):
    return bytes((tag, 0x80)) + b"".join(contents) + b"\0\0"


def test_an_encrypted_file_may_do_without_lengths(pair):
    der = pair[1].public_bytes(Encoding.DER)
    sealed = asn1.read(sealed_with_nothing(der, password_octets=b""))
    octets = asn1.children(asn1.children(sealed)[1])[1].content
    (safe,) = asn1.children(asn1.read(asn1.read(octets).content))
    data = asn1.read(asn1.children(safe)[1].content)
    kind, algorithm, content = asn1.children(asn1.children(data)[1])
    pieces = [tlv(0x04, content.content[:9]), tlv(0x04, content.content[9:])]

    data = pfx(
        without_lengths(
            0x30,
            building.ENCRYPTED_DATA,
            without_lengths(
                0xA0,
                without_lengths(
                    0x30,
                    tlv(0x02, b"\0"),
                    without_lengths(
                        0x30,
                        kind.encoded,
                        without_lengths(0x30, algorithm.content),
                        without_lengths(0xA0, *pieces),
                    ),
                ),
            ),
        )
    )

    assert ders(read_file(data)) == [der]


@pytest.mark.parametrize("content", [b"", tlv(0x04, bytes(8))])
def test_an_encrypted_safe_without_its_content_is_cut_off(content):
    info = sequence(building.DATA, pbe(3), content)
    value = sequence(tlv(0x02, b"\0"), info)
    safe = sequence(building.ENCRYPTED_DATA, tlv(0xA0, value))

    with pytest.raises(InvalidCertificateError) as caught:
        parse_certificates(pfx(safe))

    assert str(caught.value) == CUT_OFF


def test_a_key_among_the_certificates_is_named(pair):
    key, own = pair
    pkcs8 = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    der = own.public_bytes(Encoding.DER)

    data = sealed_with_nothing(der, bag(1, pkcs8), password_octets=b"")

    contents = read_file(data)
    assert ders(contents) == [der]
    assert contents.private_keys == 1


def test_broken_certificates_are_read_where_they_are_not_encrypted():
    odd = certificate(serial=tlv(0x04, b"?"))

    assert ders(read_file(pfx(plain(certificate_bag(odd))))) == [odd]


def test_bags_are_read_in_their_order_and_named():
    nested = bag(6, sequence(certificate_bag(OTHER)))
    data = pfx(
        plain(
            certificate_bag(ONE),
            nested,
            certificate_bag(b"sdsi", kind=oid("1.2.840.113549.1.9.22.2")),
            *(bag(number, sequence()) for number in (1, 2, 4, 5, 9)),
        )
    )

    contents = read_file(data)

    assert ders(contents) == [ONE, OTHER]
    assert contents.private_keys == 2
    assert contents.others == ("a revocation list", "a secret", "something else")
    assert contents.left_out == (
        "The input also holds 2 private keys, a revocation list, a secret and"
        " something else; they were not kept."
    )


def test_bags_in_bags_have_a_bottom():
    inner = certificate_bag(OTHER)
    for _ in range(5):
        inner = bag(6, sequence(inner))

    contents = read_file(pfx(plain(certificate_bag(ONE), inner)))

    assert ders(contents) == [ONE]
    assert contents.others == ("something else",)


def test_a_file_whose_strings_come_in_pieces_is_read():
    def cut(octets):
        pieces = [tlv(0x04, octets[n : n + 9]) for n in range(0, len(octets), 9)]
        return b"\x24\x80" + b"".join(pieces) + b"\0\0"

    assert ders(read_file(pfx(plain(certificate_bag(ONE)), wrap=cut))) == [ONE]


def test_a_signed_file_is_read():
    octets = tlv(0x04, sequence(plain(certificate_bag(ONE))))
    content = sequence(building.DATA, tlv(0xA0, octets))
    signed = sequence(tlv(0x02, b"\x01"), tlv(0x31), content)
    data = sequence(
        tlv(0x02, b"\x03"), sequence(building.SIGNED_DATA, tlv(0xA0, signed))
    )

    assert ders(read_file(data)) == [ONE]


def pbes2(derivation, parameters):
    inner = sequence(sequence(oid(derivation), parameters), sequence(oid("1.2.3")))
    return sequence(oid("1.2.840.113549.1.5.13"), inner)


PBKDF2, SCRYPT = "1.2.840.113549.1.5.12", "1.3.6.1.4.1.11591.4.11"
ENDLESS = sequence(tlv(0x04, b"salt"), tlv(0x02, b"\x7f\xff\xff\xff"))


@pytest.mark.parametrize(
    ("algorithm", "problem"),
    [
        (pbe(1, rounds=b"\x7f\xff\xff\xff"), TOO_COSTLY),
        (pbe(6, rounds=b"\x7f" * 1000), TOO_COSTLY),
        (pbes2(PBKDF2, ENDLESS), TOO_COSTLY),
        (pbes2(SCRYPT, ENDLESS), UNKNOWN),
        (pbe(7), UNKNOWN),
        (sequence(oid("1.2.840.113549.1.5.13")), CUT_OFF),
        (pbes2(PBKDF2, sequence()), CUT_OFF),
        (pbe(3, rounds=b"\xff"), NEEDS_PASSWORD),
        (pbes2(PBKDF2, sequence(tlv(0x04), tlv(0x02, b"\x01"))), NEEDS_PASSWORD),
    ],
)
def test_what_opening_costs_is_known_before_it_begins(algorithm, problem):
    data = pfx(plain(certificate_bag(ONE)), encrypted(algorithm, bytes(8)))

    contents = read_file(data)

    assert ders(contents) == [ONE]
    assert contents.problems == (problem,)


def test_many_files_share_one_bound():
    half = pbe(3, rounds=(MAX_ROUNDS // 2 + 1).to_bytes(4, "big"))
    one = pfx(encrypted(half, b""))

    contents = read_file(pfx(plain(certificate_bag(ONE))) + one + one)

    assert contents.problems == (NEEDS_PASSWORD, TOO_COSTLY)


def test_a_safe_for_the_holder_of_a_key_is_named():
    enveloped = sequence(oid("1.2.840.113549.1.7.3"), tlv(0xA0, sequence()))

    contents = read_file(pfx(plain(certificate_bag(ONE)), enveloped))

    assert contents.problems == (UNKNOWN,)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (sequence(tlv(0x02, b"\x03"), sequence()), "The PKCS#12 file cannot be read."),
        (
            sequence(
                tlv(0x02, b"\x03"),
                sequence(building.SIGNED_DATA, tlv(0xA0, sequence())),
            ),
            "The PKCS#12 file cannot be read.",
        ),
        (pfx(), "The input holds an empty PKCS#12 file, but no certificate."),
        (pfx(sequence()), CUT_OFF),
        (pfx(plain(sequence())), CUT_OFF),
        (pfx(plain(b"\x30\x50")), CUT_OFF),
        (
            pfx(plain(bag(2, sequence()))),
            "The input holds a private key, but no certificate.",
        ),
        (signed_data(tlv(0xA0, sequence())), "The input is not a certificate"),
    ],
)
def test_a_file_without_a_certificate_says_so(data, message):
    with pytest.raises(InvalidCertificateError) as caught:
        parse_certificates(data)

    assert str(caught.value).startswith(message)
