"""What a path to a trusted root must keep (RFC 5280 section 6.1).

The cryptography package judges too (`anchors.py`), but says little of why.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from certs.pki import constraints
from certs.pki.links import Link

EXPIRED, NOT_YET_VALID = "expired", "not-yet-valid"
EXPIRED_INTERMEDIATE = "expired-intermediate"
INVALID = "invalid"

_SERVES = {
    ExtendedKeyUsageOID.SERVER_AUTH,
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
}
# What is judged here, or says nothing about whom a server's certificate names:
# policies are asked for by no client that we know of.
_KNOWN_EXTENSIONS = (
    x509.AuthorityInformationAccess,
    x509.AuthorityKeyIdentifier,
    x509.BasicConstraints,
    x509.CertificatePolicies,
    x509.CRLDistributionPoints,
    x509.ExtendedKeyUsage,
    x509.InhibitAnyPolicy,
    x509.IssuerAlternativeName,
    x509.KeyUsage,
    x509.NameConstraints,
    x509.PolicyConstraints,
    x509.SubjectAlternativeName,
    x509.SubjectKeyIdentifier,
    x509.TLSFeature,
)
# As they are named for people; all others are taken to be sound.
_FORGEABLE = {"md5": "MD5", "sha1": "SHA-1"}
_LEAST_RSA_BITS = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """Why a path is not valid.

    `code` is expired or not-yet-valid for the leaf, expired-intermediate for a CA that
    is out of its dates, and invalid for all else.
    """

    code: str
    sentence: str


def defects(links: Sequence[Link], *, now: datetime) -> tuple[Defect, ...]:
    """Return why the path `links`, leaf first and root last, is not valid at `now`.

    Its signatures have been verified. The root is one that somebody trusts: of it, its
    self-signature is not judged, and it may be of version 1 (RFC 5280 section 6.1.1).
    Clients look at its dates all the same.
    """
    if reasons := [unreadable(link) for link in links if unreadable(link)]:
        return (Defect(code=INVALID, sentence=reasons[0]),)
    reasons = [
        *_weaknesses(links),
        *_purposes(links),
        *_authorities(links),
        *constraints.violations(links),
    ]
    return (
        *(Defect(code=INVALID, sentence=reason) for reason in reasons),
        *_dates(links, now=now),
    )


def unreadable(link: Link) -> str:
    """Say that clients cannot read a certificate, which a tolerant reader can."""
    if link.extensions is not None:
        return ""
    return f"Clients cannot read {link.name}: its encoding is bad."


def _dates(links: Sequence[Link], *, now: datetime) -> Iterator[Defect]:
    """RFC 5280 section 6.1.3 (a)(2)."""
    for position, link in enumerate(links):
        if link.not_before <= now <= link.not_after:
            continue
        is_over = now > link.not_after
        day = link.not_after if is_over else link.not_before
        says = "expired on" if is_over else "is not valid before"
        code = EXPIRED if is_over else NOT_YET_VALID
        yield Defect(
            code=EXPIRED_INTERMEDIATE if position else code,
            sentence=f"{link.name} {says} {day:%Y-%m-%d}.",
        )


def _authorities(links: Sequence[Link]) -> Iterator[str]:
    """RFC 5280 sections 4.2.1.3, 4.2.1.9 and 6.1.4 (k) to (n)."""
    below = 0  # intermediates that count for the length of the path
    for link in links[1:]:
        yield from authority_defects(link, is_root=link is links[-1])
        basic = link.extension(x509.BasicConstraints)
        if basic is not None and basic.value.path_length is not None:
            allowed = basic.value.path_length
            if below > allowed:
                yield f"{link.name} allows {allowed} CAs below it; there are {below}."
        below += not link.is_self_issued


def authority_defects(link: Link, *, is_root: bool) -> Iterator[str]:
    """Say why a certificate may not issue others; RFC 5280 section 6.1.4 (k), (n).

    A root may be of version 1, which cannot say that it is a CA.
    """
    basic, usage = link.extension(x509.BasicConstraints), link.extension(x509.KeyUsage)
    is_old_root = is_root and link.version == x509.Version.v1
    if not is_old_root and (basic is None or not basic.value.ca):
        yield f"{link.name} is not the certificate of a CA."
    if usage is not None and not usage.value.key_cert_sign:
        yield f"The key of {link.name} may not sign certificates."


def _purposes(links: Sequence[Link]) -> Iterator[str]:
    """Say who is not for servers, and where something critical is not known.

    RFC 5280 sections 4.2 and 4.2.1.12; that a CA's usage binds is what clients do.
    """
    for link in links:
        usage = link.extension(x509.ExtendedKeyUsage)
        if usage is not None and not _SERVES & set(usage.value):
            yield f"{link.name} is not for servers, says its extended key usage."
        unknown = [
            each.oid.dotted_string
            for each in link.extensions or ()
            if each.critical and not isinstance(each.value, _KNOWN_EXTENSIONS)
        ]
        if unknown:
            yield f"{link.name} has critical extensions unknown here: {unknown[0]}."


def _weaknesses(links: Sequence[Link]) -> Iterator[str]:
    """Say what lets others forge: no client takes it, whoever the CA is."""
    for link in links[:-1]:
        kind = link.hash
        if kind is not None and kind.name in _FORGEABLE:
            name = _FORGEABLE[kind.name]
            yield f"{link.name} is signed with {name}, which can be forged."
    for link in links:
        key = link.key
        if isinstance(key, rsa.RSAPublicKey) and key.key_size < _LEAST_RSA_BITS:
            yield f"The key of {link.name} has {key.key_size} bits only."


def sentences(found: Iterable[Defect]) -> str:
    """Return the sentences, each once, one after the other."""
    return " ".join(dict.fromkeys(each.sentence for each in found))
