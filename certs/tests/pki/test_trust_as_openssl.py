"""The same chains, judged by us and by `openssl verify`."""

import subprocess
from ssl import DER_cert_to_PEM_cert

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID

from certs.pki.demo.authority import issue, make_key
from certs.pki.roots import TrustStore
from certs.pki.trust import Judge
from certs.tests.pki.building import NOW, make_wish
from certs.tests.pki.programs import program
from certs.tests.pki.signing import (
    CA,
    UNKNOWN,
    Ladder,
    chain,
    key_ids,
    named,
    names,
    own_key_id,
    purpose,
    sign,
    up_to,
    usage,
)

PAST, FUTURE = {"begins": -30, "ends": -1}, {"begins": 1, "ends": 30}


def only(*general, excluded=()):
    limits = x509.NameConstraints(list(general) or None, list(excluded) or None)
    return [CA, (limits, True)]


def ladder(**extensions):
    made = Ladder(**extensions)
    return (made.root, *made.sent)


def cross_signed(*, ends=30):
    old, made = sign("Old Root", CA, ends=ends), Ladder()
    cross = sign("Root", CA, issuer=old, key=made.root.key)
    return (old, *made.sent, cross.der)


def looped():
    one, two = sign("One", CA), sign("Two", CA)
    by_two = sign("One", CA, issuer=two, key=one.key)
    by_one = sign("Two", CA, issuer=one, key=two.key)
    leaf = sign("leaf.test", names("leaf.test"), issuer=one)
    return (sign("Root", CA), *chain(leaf, by_two, by_one))


def rekeyed():
    """With key identifiers: OpenSSL tries one issuer of a name without them."""
    keys = [make_key(), make_key()]
    old = sign("Root", CA, own_key_id(keys[0]), key=keys[0])
    new = sign("Root", CA, key_ids(old), own_key_id(keys[1]), issuer=old, key=keys[1])
    leaf = sign("leaf.test", key_ids(new), issuer=new)
    return (old, *chain(leaf, new))


def forged():
    made = Ladder()
    forger = sign("Issuing CA", CA)
    return (made.root, *chain(sign("leaf.test", issuer=forger), made.middle))


def sha1():
    root = issue(make_wish(is_ca=True, key_kind="rsa-2048"))
    return (root, issue(make_wish(is_sha1=True), issuer=root).der)


def issued_by_a_leaf():
    made = Ladder()
    return (made.root, sign("x.test", issuer=made.leaf).der, *made.sent)


def with_mesh():
    """Twenty served, most of them of the issuer's name."""
    root = sign("Root", CA)
    keys = [make_key() for _ in range(19)]
    mesh = [
        sign("Issuing CA", CA, own_key_id(key), issuer=root, key=key) for key in keys
    ]
    leaf = sign("leaf.test", key_ids(mesh[-1]), issuer=mesh[-1])
    return (root, *chain(leaf, *mesh))


def of_itself(*extensions, is_in_store):
    box = sign("box.test", *extensions, names("box.test"))
    return (box if is_in_store else sign("Root", CA), box.der)


CASES = {
    "plain": (True, ladder),
    "nothing said": (True, lambda: ladder(leaf=())),
    "expired leaf": (False, lambda: ladder(leaf_wish=PAST)),
    "future leaf": (False, lambda: ladder(leaf_wish=FUTURE)),
    "expired middle": (False, lambda: ladder(middle_wish=PAST)),
    "expired root": (False, lambda: ladder(root_wish=PAST)),
    "middle is no CA": (False, lambda: ladder(middle=())),
    "middle may not sign": (
        False,
        lambda: ladder(middle=[CA, usage(signs_certificates=False)]),
    ),
    "middle may sign": (
        True,
        lambda: ladder(middle=[CA, usage(signs_certificates=True)]),
    ),
    "path too long": (False, lambda: ladder(root=[up_to(0)])),
    "path long enough": (True, lambda: ladder(root=[up_to(1)], middle=[up_to(0)])),
    "leaf for clients": (
        False,
        lambda: ladder(leaf=[purpose(ExtendedKeyUsageOID.CLIENT_AUTH)]),
    ),
    "middle for clients": (
        False,
        lambda: ladder(middle=[CA, purpose(ExtendedKeyUsageOID.CLIENT_AUTH)]),
    ),
    "unknown and critical": (False, lambda: ladder(leaf=[UNKNOWN])),
    "CA as leaf": (True, lambda: ladder(leaf=[CA, names("leaf.test")])),
    "name permitted": (True, lambda: ladder(middle=only(x509.DNSName("test")))),
    "name not permitted": (
        False,
        lambda: ladder(middle=only(x509.DNSName("other.test"))),
    ),
    "name excluded": (
        False,
        lambda: ladder(middle=only(excluded=[x509.DNSName("leaf.test")])),
    ),
    "subject not permitted": (
        False,
        lambda: ladder(middle=only(x509.DirectoryName(named("other")))),
    ),
    "subject permitted": (
        True,
        lambda: ladder(middle=only(x509.DirectoryName(named("leaf.test")))),
    ),
    "Ed25519": (True, lambda: ladder(middle_wish={"kind": "ed25519"})),
    "Ed448": (True, lambda: ladder(root_wish={"kind": "ed448"})),
    "RSA 1024": (True, lambda: ladder(middle_wish={"kind": "rsa-1024"})),
    "SHA-224": (True, lambda: ladder(leaf_wish={"hash": hashes.SHA224()})),
    "SHA-1": (False, sha1),
    "cross-signed": (True, cross_signed),
    "cross-signed, expired": (False, lambda: cross_signed(ends=-1)),
    "looped": (False, looped),
    "rekeyed root": (True, rekeyed),
    "forged": (False, forged),
    "issued by a leaf": (False, issued_by_a_leaf),
    "twenty served": (True, with_mesh),
    "missing intermediate": (False, lambda: ladder()[:2]),
    "unknown root": (False, lambda: (sign("Root", CA), *Ladder().sent)),
    "self-signed": (False, lambda: of_itself(is_in_store=False)),
    "self-signed in the store": (True, lambda: of_itself(CA, is_in_store=True)),
    "self-signed in the store, no CA": (True, lambda: of_itself(is_in_store=True)),
}


@pytest.mark.parametrize("case", CASES)
def test_we_trust_what_openssl_trusts(case, tmp_path):
    is_trusted, make = CASES[case]
    root, *sent = make()

    (verdict,) = Judge([TrustStore(name="x", roots=(root.der,))], now=NOW).judge(sent)

    says = asked(tmp_path, root=root.der, sent=sent)
    assert (verdict.is_trusted, says) == (is_trusted, is_trusted), verdict.sentence


def asked(folder, *, root, sent):
    """Whether OpenSSL trusts it: level 1 refuses SHA-1 and takes RSA of 1024 bits."""
    files = {"root": [root], "leaf": sent[:1], "above": sent[1:]}
    for name, ders in files.items():
        (folder / name).write_text("".join(map(DER_cert_to_PEM_cert, ders)))
    above = ["-untrusted", folder / "above"] if sent[1:] else []
    words = ["-purpose", "sslserver", "-auth_level", "1"]
    words += ["-attime", str(int(NOW.timestamp())), "-no-CApath", "-no-CAstore"]
    finished = subprocess.run(
        [
            program("openssl"),
            "verify",
            *words,
            "-CAfile",
            folder / "root",
            *above,
            folder / "leaf",
        ],
        check=False,
        capture_output=True,
    )
    return finished.returncode == 0
