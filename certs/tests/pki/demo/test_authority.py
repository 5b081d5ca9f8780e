"""What the zoo of authorities signs is what was wished for."""

import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.verification import PolicyBuilder, Store

from certs.pki.demo.authority import Authority, issue, make_key
from certs.tests.pki.building import NOW, make_wish


def test_a_leaf_is_trusted_by_those_who_trust_the_root(authority):
    leaf = authority.issue(make_wish())
    certificates = [x509.load_der_x509_certificate(der) for der in leaf.chain]
    root = x509.load_der_x509_certificate(authority.root.der)
    verifier = PolicyBuilder().store(Store([root])).time(NOW)

    chain = verifier.build_server_verifier(x509.DNSName("www.example.test")).verify(
        certificates[0], certificates[1:]
    )

    assert chain == [*certificates, root]


def test_the_chain_of_a_self_signed_certificate_is_itself():
    identity = issue(make_wish())

    assert identity.chain == (identity.der,)


def test_the_root_is_not_sent(authority):
    leaf = authority.issue(make_wish())

    assert leaf.chain == (leaf.der, authority.intermediate.der)
    assert authority.intermediate.chain == (authority.intermediate.der,)


def test_a_sha1_signature_is_a_true_one():
    authority = Authority("Legacy", now=NOW, key_kind="rsa-1024")

    leaf = authority.issue(make_wish(is_sha1=True))

    certificate = x509.load_der_x509_certificate(leaf.der)
    issuer_key = authority.intermediate.key.public_key()
    assert isinstance(issuer_key, rsa.RSAPublicKey)
    issuer_key.verify(  # raises when it is not
        certificate.signature,
        certificate.tbs_certificate_bytes,
        padding.PKCS1v15(),
        SHA1(),  # noqa: S303 - weak on purpose
    )


def test_sha1_wants_an_rsa_key(authority):
    with pytest.raises(TypeError, match="RSA"):
        authority.issue(make_wish(is_sha1=True))


@pytest.mark.parametrize("kind", ["ed25519", "ed448"])
def test_an_authority_may_have_an_edwards_key(kind):
    authority = Authority("Edwards", now=NOW, key_kind=kind)

    leaf = authority.issue(make_wish())

    certificate = x509.load_der_x509_certificate(leaf.der)
    certificate.verify_directly_issued_by(
        x509.load_der_x509_certificate(authority.intermediate.der)
    )


def test_a_certificate_without_names_has_no_alternative_names():
    leaf = issue(make_wish(dns_names=()))

    pem = ssl.DER_cert_to_PEM_cert(leaf.der).encode()
    extensions = x509.load_pem_x509_certificate(pem).extensions
    with pytest.raises(x509.ExtensionNotFound):
        extensions.get_extension_for_class(x509.SubjectAlternativeName)


def test_a_key_is_written_as_pem():
    identity = issue(make_wish())

    key = load_pem_private_key(identity.key_pem, password=None)

    assert key.public_key() == identity.key.public_key()


def test_an_unknown_kind_of_key_is_refused():
    with pytest.raises(KeyError):
        make_key("rot13")
