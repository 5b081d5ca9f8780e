"""The extensions of a certificate (RFC 5280 section 4.2), read one by one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from certs.pki import asn1
from certs.pki.extension_values import READERS, SUBJECT_ALTERNATIVE_NAME
from certs.pki.problem import Problem

_UNREADABLE = Problem(
    code="unreadable-extension",
    sentence="An extension of the certificate cannot be read.",
)
_DUPLICATE = Problem(
    code="duplicate-extension",
    sentence="The certificate has an extension twice; the first one is shown.",
)
_NO_ALTERNATIVE_NAME = Problem(
    code="no-subject-alternative-name",
    sentence="The certificate has no subject alternative name,"
    " so no client will accept it for any host.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extensions:
    """What the extensions say; lists in the certificate's order, without repeats.

    Purposes and policies are names or OIDs, key identifiers lower-case hex, `scts` is
    the number of signed certificate timestamps. `key_usage` is empty and `path_length`
    None where the certificate does not restrict them.
    """

    dns_names: tuple[str, ...] = ()
    ip_addresses: tuple[str, ...] = ()
    key_usage: tuple[str, ...] = ()
    extended_key_usage: tuple[str, ...] = ()
    is_ca: bool = False
    path_length: int | None = None
    subject_key_id: str = ""
    authority_key_id: str = ""
    policies: tuple[str, ...] = ()
    ocsp_urls: tuple[str, ...] = ()
    issuer_urls: tuple[str, ...] = ()
    scts: int = 0
    is_must_staple: bool = False
    problems: tuple[Problem, ...] = ()


def read_extensions(elements: Iterable[asn1.Element]) -> Extensions:
    """Return what the given Extension elements say; nothing is raised.

    An extension that cannot be read is a problem and leaves its fields empty.
    """
    found: dict[str, bytes] = {}
    problems: list[Problem] = []
    for element in elements:
        try:
            kind, *_critical, value = asn1.children(element)
            name, octets = asn1.oid(kind), asn1.content(value, tag=asn1.OCTET_STRING)
        except ValueError:  # DerError, or fewer than two elements
            problems.append(_UNREADABLE)
            continue
        if name in found:
            problems.append(_DUPLICATE)
        found.setdefault(name, octets)
    facts: dict[str, Any] = {}
    for name, reader in READERS.items():
        if name in found:
            try:
                facts |= reader(asn1.read(found[name]), problems)
            except asn1.DerError:
                problems.append(_UNREADABLE)
    if SUBJECT_ALTERNATIVE_NAME not in found and not facts.get("is_ca"):
        problems.append(_NO_ALTERNATIVE_NAME)
    return Extensions(problems=tuple(problems), **facts)
