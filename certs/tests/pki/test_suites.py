"""Cipher suites: what their names promise."""

import subprocess

import pytest

from certs.pki.suites import (
    BY_NUMBER,
    SSL3,
    SUITES,
    TLS10,
    TLS12,
    TLS13,
    find,
    usable_in,
)
from certs.tests.pki.programs import program


def named(name):
    suite = find(name)
    assert suite is not None
    return suite


def test_every_number_and_every_name_is_there_once():
    numbers = [suite.number for suite in SUITES]
    names = [suite.name for suite in SUITES]
    openssl_names = [suite.openssl_name for suite in SUITES if suite.openssl_name]

    for values in (numbers, names, openssl_names):
        assert len(values) == len(set(values))
    assert len(SUITES) > 180


@pytest.mark.parametrize(
    ("name", "exchange", "authentication", "bits"),
    [
        ("NULL-MD5", "RSA", "RSA", 0),
        ("EXP-RC4-MD5", "RSA", "RSA", 40),
        ("EXP-EDH-RSA-DES-CBC-SHA", "DHE", "RSA", 40),
        ("EXP1024-DES-CBC-SHA", "RSA", "RSA", 56),
        ("EXP1024-RC4-SHA", "RSA", "RSA", 56),
        ("EXP-ADH-RC4-MD5", "DHE", "none", 40),
        ("DES-CBC-SHA", "RSA", "RSA", 56),
        ("DES-CBC3-SHA", "RSA", "RSA", 112),
        ("RC4-SHA", "RSA", "RSA", 128),
        ("IDEA-CBC-SHA", "RSA", "RSA", 128),
        ("SEED-SHA", "RSA", "RSA", 128),
        ("DH-DSS-AES256-SHA", "DH", "DSS", 256),
        ("DHE-RSA-AES256-SHA256", "DHE", "RSA", 256),
        ("ECDH-RSA-AES128-SHA256", "ECDH", "RSA", 128),
        ("AECDH-AES256-SHA", "ECDHE", "none", 256),
        ("ADH-AES128-GCM-SHA256", "DHE", "none", 128),
        ("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE", "ECDSA", 256),
        ("ECDHE-RSA-CHACHA20-POLY1305", "ECDHE", "RSA", 256),
        ("AES256-CCM8", "RSA", "RSA", 256),
        ("TLS_AES_128_GCM_SHA256", "any", "any", 128),
        ("TLS_SM4_GCM_SM3", "any", "any", 128),
        ("GOST2012-MAGMA-MAGMAOMAC", "GOST", "GOST", 256),
        ("TLS_GOSTR341112_256_WITH_28147_CNT_IMIT", "GOST", "GOST", 256),
    ],
)
def test_a_name_tells_what_the_suite_does(name, exchange, authentication, bits):
    suite = named(name)

    assert suite.key_exchange == exchange
    assert suite.authentication == authentication
    assert suite.bits == bits


@pytest.mark.parametrize(
    ("name", "is_weak", "has_forward_secrecy", "is_aead"),
    [
        ("TLS_AES_256_GCM_SHA384", False, True, True),
        ("ECDHE-RSA-CHACHA20-POLY1305", False, True, True),
        ("DHE-RSA-AES128-CCM8", False, True, True),
        ("ECDHE-RSA-AES256-SHA384", False, True, False),
        ("AES128-GCM-SHA256", False, False, True),
        ("AES128-SHA", False, False, False),
        ("ADH-AES128-GCM-SHA256", True, True, True),
        ("DES-CBC3-SHA", True, False, False),
        ("IDEA-CBC-SHA", True, False, False),
        ("RC4-SHA", True, False, False),
        ("EXP-RC4-MD5", True, False, False),
        ("ECDHE-RSA-NULL-SHA", True, True, False),
    ],
)
def test_the_flaws_and_virtues_of_a_suite(name, is_weak, has_forward_secrecy, is_aead):
    suite = named(name)

    assert suite.is_weak is is_weak
    assert suite.has_forward_secrecy is has_forward_secrecy
    assert suite.is_aead is is_aead


def test_a_version_has_the_suites_that_it_can_use():
    in_ssl3, in_tls10, in_tls12, in_tls13 = map(usable_in, (SSL3, TLS10, TLS12, TLS13))

    assert find("ECDHE-RSA-AES128-SHA") not in in_ssl3
    assert find("ECDHE-RSA-AES128-SHA") in in_tls10
    assert find("AES128-SHA256") not in in_tls10
    assert find("AES128-GCM-SHA256") in in_tls12
    assert {suite.name[:7] for suite in in_tls13} == {"TLS_AES", "TLS_CHA", "TLS_SM4"}
    assert not set(in_tls12) & set(in_tls13)


def test_the_weakest_suite_comes_first():
    suites = usable_in(TLS12)

    assert suites[0].is_weak
    assert suites[-1].bits == 256
    assert suites[-1].has_forward_secrecy


def test_an_unknown_name_is_no_suite():
    assert find("AES129-SHA") is None
    assert find("") is None


def test_openssl_agrees_about_every_suite_that_it_has():
    command = [program("openssl"), "ciphers", "-V", "-stdname", "ALL:eNULL:@SECLEVEL=0"]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    rows = [line.split() for line in done.stdout.splitlines()]
    ours = [row for row in rows if not {"PSK", "SRP"} & set(row[2].split("_"))]

    assert len(ours) > 80
    for number, _dash, name, _dash2, openssl_name, *_rest in ours:
        suite = BY_NUMBER[int(number.replace(",0x", ""), 16)]
        assert (suite.name, suite.openssl_name) == (name, openssl_name)
        strength = _rest[3].partition("(")[2].rstrip(")")
        assert str(suite.bits) == (strength or "0")
