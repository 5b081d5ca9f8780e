"""Deep checks of OpenSSL's own server and of nginx, against OpenSSL's own client."""

import pytest

from certs.pki.suites import find
from certs.tests.pki.building import make_wish
from certs.tests.pki.deep.asking import check, names
from certs.tests.pki.deep.real import (
    accepted_by_s_client,
    nginx,
    openssl_server,
    openssl_suites,
)

pytestmark = pytest.mark.slow

MODERN_NAMES = [
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_AES_128_GCM_SHA256",
]


@pytest.fixture
def rsa(authority):
    return authority.issue(make_wish(key_kind="rsa-2048"))


@pytest.fixture
def ecdsa(authority):
    return authority.issue(make_wish(key_kind="ecdsa-p256"))


@pytest.mark.parametrize(
    ("version", "ciphers"),
    [
        ("TLSv1.2", "kRSA+AES:kRSA+CAMELLIA:NULL"),
        ("TLSv1.2", "aNULL+AES128:ECDHE+CHACHA20"),
        ("TLSv1.1", "ALL"),
    ],
)
def test_the_suites_are_those_that_s_client_gets(rsa, tmp_path, version, ciphers):
    flag = {"TLSv1.2": "-tls1_2", "TLSv1.1": "-tls1_1", "TLSv1": "-tls1"}[version]
    options = (flag, "-serverpref", "-cipher", f"{ciphers}:@SECLEVEL=0")

    with openssl_server(rsa, tmp_path, *options) as target:
        result = check(target, timeout=2.0)
        accepted = accepted_by_s_client(target, version, openssl_suites())

    assert result.versions == (version,)
    assert result.is_complete
    assert set(names(result, version)) == accepted


def test_a_default_server_of_openssl(rsa, tmp_path):
    with openssl_server(rsa, tmp_path, "-serverpref") as target:
        result = check(target, timeout=2.0)

    assert result.versions == ("TLSv1.3", "TLSv1.2")
    assert names(result, "TLSv1.3") == MODERN_NAMES
    assert "ECDHE-RSA-AES256-GCM-SHA384" in names(result, "TLSv1.2")
    assert result.prefers_server_order == {"TLSv1.3": True, "TLSv1.2": True}
    assert {"x25519", "secp256r1", "secp384r1"} <= set(result.groups)
    assert result.secure_renegotiation is True
    assert result.compression is False
    assert result.is_complete


def test_the_order_of_the_server_is_kept(ecdsa, tmp_path):
    wished = [
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-SHA",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
    ]
    options = ("-tls1_2", "-serverpref", "-cipher", ":".join(wished))

    with openssl_server(ecdsa, tmp_path, *options) as target:
        result = check(target, timeout=2.0)

    assert names(result, "TLSv1.2") == wished
    assert result.prefers_server_order == {"TLSv1.2": True}


def test_the_order_of_the_client_is_noticed(ecdsa, tmp_path):
    with openssl_server(ecdsa, tmp_path, "-tls1_2") as target:
        result = check(target, timeout=2.0)

    assert result.prefers_server_order == {"TLSv1.2": False}


def test_every_old_version_of_openssl_is_seen(rsa, tmp_path):
    options = ("-min_protocol", "TLSv1", "-cipher", "ECDHE+AES:AES128-SHA:@SECLEVEL=0")

    with openssl_server(rsa, tmp_path, *options, "-serverpref") as target:
        result = check(target, timeout=2.0)

    assert result.versions == ("TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1")
    expected = {"ECDHE-RSA-AES256-SHA", "ECDHE-RSA-AES128-SHA", "AES128-SHA"}
    assert set(names(result, "TLSv1")) == expected
    assert set(names(result, "TLSv1.1")) == expected


@pytest.mark.parametrize(
    ("groups", "named"),
    [
        ("P-384", ("secp384r1",)),
        ("P-521:X448", ("secp521r1", "x448")),
        ("X25519:P-256", ("x25519", "secp256r1")),
    ],
)
@pytest.mark.parametrize("flag", ["-tls1_2", "-tls1_3"])
def test_the_groups_are_those_of_the_server(ecdsa, tmp_path, groups, named, flag):
    # Up to TLS 1.2 the certificate's own curve has to be among them.
    if flag == "-tls1_2" and "P-256" not in groups:
        groups, named = f"{groups}:P-256", (*named, "secp256r1")

    with openssl_server(
        ecdsa, tmp_path, flag, "-groups", groups, "-serverpref"
    ) as target:
        result = check(target, timeout=2.0)

    assert set(result.groups) == set(named)
    assert result.is_complete


def test_the_prime_of_the_server_is_measured(rsa, tmp_path):
    options = ("-tls1_2", "-cipher", "DHE-RSA-AES128-SHA:@SECLEVEL=0")

    with openssl_server(rsa, tmp_path, *options) as target:
        result = check(target, timeout=2.0)

    assert result.dh_bits in {2048, 3072}


def test_a_server_that_wants_a_client_certificate_is_read(ecdsa, tmp_path):
    with openssl_server(ecdsa, tmp_path, "-Verify", "1", "-verify_return_error") as it:
        result = check(it, timeout=2.0)

    assert result.versions == ("TLSv1.3", "TLSv1.2")
    assert result.is_complete


def test_a_default_nginx(rsa, tmp_path):
    header = 'add_header Strict-Transport-Security "max-age=63072000" always;'

    with nginx(rsa, tmp_path, "ssl_protocols TLSv1.2 TLSv1.3;", header) as target:
        result = check(target, timeout=2.0)

    assert result.versions == ("TLSv1.3", "TLSv1.2")
    assert set(names(result, "TLSv1.3")) == set(MODERN_NAMES)
    assert (result.speaks_http, result.hsts_max_age) == (True, 63072000)
    assert all(find(suite.name) for suite in result.suites)


def test_an_nginx_of_mozillas_intermediate_configuration(ecdsa, tmp_path):
    directives = (
        "ssl_protocols TLSv1.2 TLSv1.3;",
        "ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
        "ECDHE-ECDSA-CHACHA20-POLY1305;",
        "ssl_prefer_server_ciphers off;",
        "ssl_ecdh_curve X25519:prime256v1:secp384r1;",
    )

    with nginx(ecdsa, tmp_path, *directives) as target:
        result = check(target, timeout=2.0)

    assert len(result.suites_of("TLSv1.2")) == 3
    assert set(result.groups) == {"x25519", "secp256r1", "secp384r1"}
    assert result.prefers_server_order == {"TLSv1.3": False, "TLSv1.2": False}
    assert (result.speaks_http, result.hsts_max_age) == (True, None)
    assert result.is_complete
    assert result.connections <= 20
