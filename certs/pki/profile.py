"""What the profile of the web's CAs forbids, and RFC 5280 does not.

CA/Browser Forum, Baseline Requirements for TLS server certificates.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from certs.pki import constraints
from certs.pki.links import Link

KEPT = 1_000
_WEB_HASHES = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
_WEB_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
_WEB_RSA_BITS = 2048
_ODD_BUT_HARMLESS = {"zero-serial", "negative-serial", "long-serial", "odd-date"}
# Their meaning is for clients that ask for policies; the library refuses them.
_ON_POLICIES = (
    x509.CertificatePolicies,
    x509.InhibitAnyPolicy,
    x509.PolicyConstraints,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """Something unusual in a path that keeps RFC 5280.

    `is_for_everyone` says that public clients take it all the same: it is a limit of
    the library.
    """

    sentence: str
    is_for_everyone: bool = False


def oddities(links: Sequence[Link]) -> tuple[Oddity, ...]:
    """Return what in a valid path the profile of the web's CAs does not allow."""
    signed = (oddity for link in links[:-1] for oddity in _odd_signatures(link))
    own = (oddity for link in links for oddity in _of_link(link))
    return (*own, *signed)


@lru_cache(maxsize=KEPT)
def _of_link(link: Link) -> tuple[Oddity, ...]:
    """Answer once for each CA: thousands of leaves share a few."""
    return tuple(_oddities(link))


def _oddities(link: Link) -> Iterator[Oddity]:
    """CA/Browser Forum, Baseline Requirements 6.1.5 and 7.1.1."""
    if link.version == x509.Version.v1:
        yield Oddity(sentence=f"{link.name} is of version 1.")
    key = link.key
    if isinstance(key, rsa.RSAPublicKey):
        is_usual = key.key_size >= _WEB_RSA_BITS
    else:
        is_usual = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(
            key.curve, _WEB_CURVES
        )
    if not is_usual:
        yield Oddity(sentence=f"{link.name} has a key that public CAs may not use.")
    for problem in link.problems:
        if problem.code in _ODD_BUT_HARMLESS:
            sentence = f"{link.name}: {problem.sentence}"
            yield Oddity(sentence=sentence, is_for_everyone=True)
    if constraints.has_unusual(link):
        yield Oddity(
            sentence=f"{link.name} constrains names that are not of hosts.",
            is_for_everyone=True,
        )
    if any(
        each.critical and isinstance(each.value, _ON_POLICIES)
        for each in link.extensions or ()
    ):
        sentence = f"{link.name} has critical extensions on policies."
        yield Oddity(sentence=sentence, is_for_everyone=True)


def _odd_signatures(link: Link) -> Iterator[Oddity]:
    """CA/Browser Forum, Baseline Requirements 7.1.3.2."""
    if not isinstance(link.hash, _WEB_HASHES):
        sentence = f"{link.name} has a signature that public CAs may not make."
        yield Oddity(sentence=sentence)
