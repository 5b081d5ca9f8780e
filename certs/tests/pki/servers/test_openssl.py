"""OpenSSL's own server, as weak and as demanding as it can be."""

import ssl
import subprocess

import pytest

from certs.pki.demo.servers import make_context, speak_tls
from certs.pki.target import Target
from certs.tests.pki.programs import program
from certs.tests.pki.servers.running import free_port, running
from certs.tests.pki.serving import probe, serving

pytestmark = pytest.mark.slow


@pytest.fixture
def shown(home, identity):
    """Return a function that probes `openssl s_server` with the given options."""

    above = "".join(map(ssl.DER_cert_to_PEM_cert, identity.chain[1:]))
    (home / "above.pem").write_text(above)

    def show(*options, files=("chain.pem", "key.pem", "-cert_chain", "above.pem")):
        certificate, key, *more = files
        port = free_port()
        arguments = [
            *(program("openssl"), "s_server", "-quiet", "-accept", f"127.0.0.1:{port}"),
            *("-cert", certificate, "-key", key, *more),
            *options,
        ]
        with running(arguments, ports=[port], home=home):
            target = Target(host="127.0.0.1", port=port, server_name="www.example.test")
            return probe(target, timeout=20)

    return show


@pytest.mark.parametrize("version", ["1_2", "1_3"])
def test_a_client_certificate_may_be_demanded(version, shown, identity):
    result = shown(f"-tls{version}", "-Verify", "2", "-verify_return_error")

    assert (result.error_code, result.error_text) == ("", "")
    assert result.chain == identity.chain
    assert result.tls_version == f"TLSv{version.replace('_', '.')}"
    assert result.key_exchange == "x25519"


@pytest.mark.parametrize(
    ("version", "name"), [("-tls1", "TLSv1"), ("-tls1_1", "TLSv1.1")]
)
def test_old_versions_are_spoken(version, name, shown, identity):
    result = shown(version, "-cipher", "ALL:@SECLEVEL=0")

    assert (result.error_code, result.error_text) == ("", "")
    assert result.tls_version == name
    assert result.chain == identity.chain


@pytest.mark.parametrize(
    ("options", "name"),
    [
        (("-tls1_3", "-groups", "P-384"), "secp384r1"),
        (("-tls1_3", "-groups", "ffdhe3072"), "ffdhe3072"),
        (("-tls1_2", "-groups", "P-521"), "secp521r1"),
        (("-tls1_2", "-cipher", "AES128-SHA"), "RSA"),
    ],
)
def test_the_group_of_the_key_exchange_is_named(options, name, shown):
    result = shown(*options)

    assert (result.error_code, result.key_exchange) == ("", name)


def test_small_prime_groups_are_read(home, identity):
    subprocess.run(
        [program("openssl"), "dhparam", "-out", "dh.pem", "1024"],
        check=True,
        cwd=home,
        capture_output=True,
    )
    # No server of OpenSSL's takes a smaller group, at whatever security level.
    context = make_context(identity, maximum_version=ssl.TLSVersion.TLSv1_2)
    context.set_ciphers("DHE-RSA-AES128-SHA:@SECLEVEL=0")
    context.load_dh_params(home / "dh.pem")

    with serving(speak_tls(context)) as target:
        result = probe(target, timeout=20)

    assert (result.error_code, result.error_text) == ("", "")
    assert result.key_exchange == "DHE 1024 bits"
    assert result.chain == identity.chain


@pytest.mark.parametrize("digest", ["md5", "sha1", "sha256"])
def test_weak_leaves_are_read(digest, home, shown):
    subprocess.run(
        [
            *(program("openssl"), "req", "-x509", "-newkey", "rsa:1024", "-nodes"),
            *("-subj", "/CN=www.example.test", "-days", "2", f"-{digest}"),
            *("-keyout", "weak-key.pem", "-out", "weak.pem"),
        ],
        check=True,
        cwd=home,
        capture_output=True,
    )

    result = shown(
        *("-tls1_2", "-cipher", "ALL:@SECLEVEL=0"), files=("weak.pem", "weak-key.pem")
    )

    assert (result.error_code, result.error_text) == ("", "")
    assert len(result.chain) == 1


@pytest.mark.parametrize("cipher", ["NULL-SHA256", "AES256-CCM8", "CAMELLIA128-SHA"])
def test_weak_and_rare_ciphers_are_read(cipher, shown, identity):
    result = shown("-tls1_2", "-cipher", f"{cipher}:@SECLEVEL=0")

    assert (result.error_code, result.error_text) == ("", "")
    assert (result.cipher, result.chain) == (cipher, identity.chain)
