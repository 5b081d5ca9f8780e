"""Every certificate that the cryptography package is tested with."""

import warnings
from pathlib import Path

import cryptography_vectors
import pytest
from cryptography import x509 as reference
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    pkcs7,
    pkcs12,
)
from cryptography.x509 import ObjectIdentifier
from cryptography.x509.oid import AuthorityInformationAccessOID

from certs.pki.oids import KEY_PURPOSES
from certs.pki.x509 import InvalidCertificateError, parse_der, read_file

VECTORS = Path(cryptography_vectors.__file__).parent
FILES = sorted(
    path.relative_to(VECTORS)
    for folder in ("x509", "pkcs7", "pkcs12", "asymmetric")
    for path in (VECTORS / folder).rglob("*")
    if path.suffix in {".pem", ".der", ".crt", ".cer", ".crl", ".p12", ".p7b", ".cp"}
)
KEY_NAMES = {
    rsa.RSAPublicKey: "RSA",
    dsa.DSAPublicKey: "DSA",
    ed25519.Ed25519PublicKey: "Ed25519",
    ed448.Ed448PublicKey: "Ed448",
}
CA_ISSUERS = AuthorityInformationAccessOID.CA_ISSUERS
REFUSALS = (
    *(ValueError, TypeError, UnsupportedAlgorithm, reference.ExtensionNotFound),
    *(reference.DuplicateExtension, reference.InvalidVersion),
    *(reference.UnsupportedGeneralNameType,),
)
# A bad host name is left out, and a curve that is spelled out is not looked up.
KNOWN = {
    ("x509/custom/san_empty_hostname.pem", "dns_names"),
    ("x509/utf8-dnsname.pem", "dns_names"),
    ("x509/custom/ec_no_named_curve.pem", "key_curve"),
    ("x509/custom/ec_no_named_curve.pem", "key_size"),
}
# DSA keys without parameters, which cryptography refuses; we read their certificates,
# but not encrypted ones, for which we depend on it.
INHERITED = {
    "DSAParametersInheritedCACert.p12",
    "ValidDSAParameterInheritanceTest5EE.p12",
}


def certificates_of(data):
    """Return what cryptography reads, [] where it reads nothing."""
    readers = (
        reference.load_pem_x509_certificates,
        lambda data: [reference.load_der_x509_certificate(data)],
        pkcs7.load_pem_pkcs7_certificates,
        pkcs7.load_der_pkcs7_certificates,
    )
    for read in readers:
        try:
            return [each.public_bytes(Encoding.DER) for each in read(data)]
        except REFUSALS:
            continue
    return []


def bags_of(data, password):
    """Return the certificates that cryptography finds in a PKCS#12 file."""
    try:
        found = pkcs12.load_pkcs12(data, password.encode() or None)
    except REFUSALS:
        return []
    bags = ([found.cert] if found.cert else []) + found.additional_certs
    return [bag.certificate.public_bytes(Encoding.DER) for bag in bags]


@pytest.fixture(autouse=True)
def calm():
    """Let cryptography read what it is about to refuse."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def read(data, password=""):
    try:
        return [each.der for each in read_file(data, password=password).certificates]
    except InvalidCertificateError:
        return []


def test_there_are_vectors():
    assert len(FILES) > 1_000


@pytest.mark.parametrize("folder", ["x509", "pkcs7", "asymmetric"])
def test_every_certificate_that_cryptography_reads_is_read(folder):
    paths = [path for path in FILES if path.parts[0] == folder]
    datas = {path: (VECTORS / path).read_bytes() for path in paths}
    expected = {path: certificates_of(data) for path, data in datas.items()}

    missing = {
        path for path, data in datas.items() if not {*expected[path]} <= {*read(data)}
    }

    assert missing == set()


@pytest.mark.parametrize("password", ["", "cryptography", "password"])
def test_every_pkcs12_file_that_cryptography_opens_is_opened(password):
    paths = [path for path in FILES if path.parts[0] == "pkcs12"]
    datas = {path: (VECTORS / path).read_bytes() for path in paths}

    missing = {
        path
        for path, data in datas.items()
        if not {*bags_of(data, password)} <= {*read(data, password)}
    }

    assert missing == set()


def test_every_pkcs12_file_of_pkits_has_the_certificate_of_its_name():
    folder = VECTORS / "x509" / "PKITS_data"
    paths = sorted((folder / "pkcs12").glob("*.p12"))

    missing = {
        path.name
        for path in paths
        if (folder / "certs" / path.name).with_suffix(".crt").read_bytes()
        not in read(path.read_bytes(), "password")
    }

    assert len(paths) > 400
    assert missing == INHERITED


def readable():
    """Return the certificates of the vectors that cryptography reads, each once."""
    found: dict[bytes, Path] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in FILES:
            if path.suffix in {".pem", ".der", ".crt"}:
                for der in certificates_of((VECTORS / path).read_bytes()):
                    found.setdefault(der, path)
    return found.items()


def hexadecimal(number):
    """Return a serial number as it is encoded, less the zero of the sign."""
    if number < 0:
        return number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True).hex()
    return number.to_bytes(max(1, (number.bit_length() + 7) // 8), "big").hex()


def names_of(extensions):
    names = extensions.get_extension_for_class(reference.SubjectAlternativeName).value
    return {
        "dns_names": once(
            name.lower() for name in names.get_values_for_type(reference.DNSName)
        ),
        "ip_addresses": once(map(str, names.get_values_for_type(reference.IPAddress))),
    }


def usage_of(extensions):
    usage = extensions.get_extension_for_class(reference.KeyUsage).value
    names = {
        "digitalSignature": usage.digital_signature,
        "nonRepudiation": usage.content_commitment,
        "keyEncipherment": usage.key_encipherment,
        "dataEncipherment": usage.data_encipherment,
        "keyAgreement": usage.key_agreement,
        "keyCertSign": usage.key_cert_sign,
        "cRLSign": usage.crl_sign,
        "encipherOnly": usage.key_agreement and usage.encipher_only,
        "decipherOnly": usage.key_agreement and usage.decipher_only,
    }
    return {"key_usage": tuple(name for name, is_set in names.items() if is_set)}


def purposes_of(extensions):
    purposes = extensions.get_extension_for_class(reference.ExtendedKeyUsage).value
    oids = once(purpose.dotted_string for purpose in purposes)
    return {"extended_key_usage": tuple(KEY_PURPOSES.get(each, each) for each in oids)}


def constraints_of(extensions):
    value = extensions.get_extension_for_class(reference.BasicConstraints).value
    return {"is_ca": value.ca, "path_length": value.path_length}


def own_id_of(extensions):
    value = extensions.get_extension_for_class(reference.SubjectKeyIdentifier).value
    return {"subject_key_id": value.digest.hex()}


def id_above_of(extensions):
    value = extensions.get_extension_for_class(reference.AuthorityKeyIdentifier).value
    return {"authority_key_id": (value.key_identifier or b"").hex()}


def policies_of(extensions):
    value = extensions.get_extension_for_class(reference.CertificatePolicies).value
    oids = (policy.policy_identifier.dotted_string for policy in value)
    return {"policies": once(oids)}


def access_of(extensions):
    kind = reference.AuthorityInformationAccess
    value = extensions.get_extension_for_class(kind).value
    urls: dict[ObjectIdentifier, list[str]] = {
        AuthorityInformationAccessOID.OCSP: [],
        CA_ISSUERS: [],
    }
    for each in value:
        place = each.access_location
        if isinstance(place, reference.UniformResourceIdentifier):
            urls.get(each.access_method, []).append(place.value)
    ocsp, issuers = urls.values()
    return {"ocsp_urls": tuple(ocsp), "issuer_urls": tuple(issuers)}


def timestamps_of(extensions):
    kind = reference.PrecertificateSignedCertificateTimestamps
    return {"scts": len(list(extensions.get_extension_for_class(kind).value))}


def features_of(extensions):
    value = extensions.get_extension_for_class(reference.TLSFeature).value
    return {"is_must_staple": reference.TLSFeatureType.status_request in value}


def once(values):
    return tuple(dict.fromkeys(values))


def facts_of(certificate):
    """Yield functions that return some of the facts, or raise where they are bad."""
    yield lambda: {
        "fingerprint_sha256": certificate.fingerprint(hashes.SHA256()).hex(),
        "serial_number": hexadecimal(certificate.serial_number),
        "version": certificate.version.value + 1,
    }
    yield lambda: {"not_before": certificate.not_valid_before_utc}
    yield lambda: {"not_after": certificate.not_valid_after_utc}
    yield lambda: {"subject_der": certificate.subject.public_bytes()}
    yield lambda: {"issuer_der": certificate.issuer.public_bytes()}
    yield lambda: key_of(certificate.public_key())
    for read in (
        *(names_of, usage_of, purposes_of, constraints_of, own_id_of, id_above_of),
        *(policies_of, access_of, timestamps_of, features_of),
    ):
        yield lambda read=read: read(certificate.extensions)


def key_of(key):
    if isinstance(key, ec.EllipticCurvePublicKey):
        named = {"key_algorithm": "ECDSA", "key_curve": key.curve.name}
        return named | {"key_size": key.key_size}
    for kind, name in KEY_NAMES.items():
        if isinstance(key, kind):
            return {"key_algorithm": name, "key_size": getattr(key, "key_size", 0)}
    raise UnsupportedAlgorithm(str(key))


def test_our_facts_are_cryptographys_facts():
    compared = 0
    differences = []
    for der, path in readable():
        ours = parse_der(der)
        for read_facts in facts_of(reference.load_der_x509_certificate(der)):
            try:
                facts = read_facts()
            except REFUSALS:
                continue  # what cryptography cannot read has no right answer
            for name, expected in facts.items():
                compared += 1
                if getattr(ours, name) != expected:
                    differences.append((str(path), name, getattr(ours, name), expected))

    assert {each[:2] for each in differences} == KNOWN, differences
    assert compared > 5_000
