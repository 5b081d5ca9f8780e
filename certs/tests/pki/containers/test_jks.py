"""Java keystores."""

import subprocess

import pytest

from certs.pki.x509 import InvalidCertificateError, parse_certificates, read_file
from certs.tests.pki.building import certificate, common_name
from certs.tests.pki.containers.building import (
    JCEKS,
    JKS,
    counted,
    key_entry,
    keystore,
    trusted_entry,
)

ONE, OTHER = certificate(), certificate(subject=common_name("other"))
CUT_OFF = "The keystore cannot be read to its end."


def ders(contents):
    return [parsed.der for parsed in contents.certificates]


@pytest.mark.parametrize("magic", [JKS, JCEKS])
def test_a_keystore_is_read_without_its_password(magic):
    data = keystore(trusted_entry(OTHER), key_entry(ONE, OTHER), magic=magic)

    contents = read_file(data)

    assert ders(contents) == [OTHER, ONE]
    assert contents.private_keys == 1
    assert contents.problems == ()


def test_the_first_version_does_not_say_what_kind_of_certificate_it_is():
    entry = bytes((0, 0, 0, 2, 0, 1)) + b"a" + bytes(8) + counted(ONE)

    assert ders(read_file(keystore(entry, version=1))) == [ONE]


def test_the_digest_is_checked_if_there_is_a_password():
    data = keystore(trusted_entry(ONE), password="pässword")

    assert read_file(data, password="pässword").problems == ()
    assert read_file(data, password="password").problems == (
        "The password is not that of the keystore, or the keystore was changed.",
    )


def test_certificates_of_another_kind_are_named():
    data = keystore(trusted_entry(ONE), trusted_entry(b"pgp", kind=b"PGP"))

    assert read_file(data).others == ("something else",)


@pytest.mark.parametrize(
    ("rest", "problem", "others"),
    [
        (b"\0\0\0\1", CUT_OFF, ()),
        (b"\0\0\0\7\0\0" + bytes(8), CUT_OFF, ()),
        (
            b"\0\0\0\3\0\0" + bytes(8),
            "The keystore holds a secret key; what follows it cannot be read.",
            ("a secret",),
        ),
    ],
)
def test_what_stands_before_an_unreadable_entry_is_read(rest, problem, others):
    contents = read_file(keystore(trusted_entry(ONE), rest))

    assert ders(contents) == [ONE]
    assert contents.problems == (problem,)
    assert contents.others == others


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (JKS, CUT_OFF),
        (keystore(version=3), "The keystore has a version that is not known."),
        (keystore(), "The input holds an empty keystore, but no certificate."),
        (
            keystore(key_entry()),
            "The input holds a private key, but no certificate.",
        ),
    ],
)
def test_a_keystore_without_a_certificate_says_so(data, message):
    with pytest.raises(InvalidCertificateError) as caught:
        parse_certificates(data)

    assert str(caught.value) == message


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["JKS", "JCEKS", "PKCS12"])
def test_a_keystore_that_java_writes_is_read(kind, keytool, tmp_path):
    store = tmp_path / "store"
    subprocess.run(
        [
            *(keytool, "-genkeypair", "-keyalg", "EC", "-dname", "CN=java.test"),
            *("-alias", "one", "-storetype", kind, "-keystore", store),
            *("-storepass", "changeit", "-keypass", "changeit"),
        ],
        check=True,
        capture_output=True,
    )

    contents = read_file(store.read_bytes(), password="changeit")

    assert [each.common_name for each in contents.certificates] == ["java.test"]
    assert contents.left_out == "The input also holds a private key; it was not kept."
    assert contents.problems == ()
