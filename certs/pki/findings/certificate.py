"""Findings about a certificate."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Protocol

from certs.pki import grading, hostnames
from certs.pki.findings.finding import Finding
from certs.pki.lifetimes import lifetime_days, longest_days
from certs.pki.problem import Problem

SMALLEST_KEYS = {"RSA": 2048, "DSA": 2048, "ECDSA": 256}
MOST_PROBLEMS = 20

_SHOWN_NAMES = 5
_FORGEABLE = ("md2", "md4", "md5", "sha1")
_CLIENT_PURPOSES = {"clientAuth", "anyExtendedKeyUsage"}
# The parser's own word for what is the finding no-san here.
_SAME_AS_NO_SAN = "no subject alternative name"


class Facts(Protocol):
    """What a certificate says, as far as findings need it."""

    @property
    def not_before(self) -> datetime: ...
    @property
    def not_after(self) -> datetime: ...
    @property
    def dns_names(self) -> Collection[str]: ...
    @property
    def ip_addresses(self) -> Collection[str]: ...
    @property
    def key_algorithm(self) -> str: ...
    @property
    def key_size(self) -> int: ...
    @property
    def signature_algorithm(self) -> str: ...
    @property
    def extended_key_usage(self) -> Collection[str]: ...
    @property
    def is_ca(self) -> bool: ...
    @property
    def problems(self) -> Collection[Problem | str]: ...


def of_dates(
    not_before: datetime, not_after: datetime, *, now: datetime
) -> tuple[Finding, ...]:
    """Return what is to say about the dates at `now`; all are aware datetimes."""
    validity = grading.validity(not_before, not_after, now=now)
    code = {
        grading.Validity.PENDING: "not-yet-valid",
        grading.Validity.EXPIRING: "expiring",
        grading.Validity.CRITICAL: "expiring",
        grading.Validity.EXPIRED: "expired",
    }.get(validity)
    if code is None:
        return ()
    about = {"not_before": _moment(not_before), "not_after": _moment(not_after)}
    return (Finding(code=code, about=about),)


def of_name(
    host: str, *, dns_names: Collection[str], ip_addresses: Collection[str]
) -> tuple[Finding, ...]:
    """Return a finding when no name of a certificate covers `host`. RFC 9525."""
    covering = hostnames.covering_name(
        host, dns_names=dns_names, ip_addresses=ip_addresses
    )
    if covering is not None:
        return ()
    names = [*dns_names, *ip_addresses]
    shown = ", ".join(names[:_SHOWN_NAMES]) or "no host at all"
    if len(names) > _SHOWN_NAMES:
        shown += f" and {len(names) - _SHOWN_NAMES:,} more"
    return (Finding(code="name-mismatch", about={"host": host, "names": shown}),)


def of_certificate(facts: Facts, *, is_public: bool) -> tuple[Finding, ...]:
    """Return what is to say about a certificate whatever the day and the host.

    `is_public` says that it leads to a public root: the rules of the CA/Browser Forum
    are for those only.
    """
    return (
        *_of_key(facts),
        *_of_names(facts),
        *(_of_public(facts) if is_public else ()),
        *_of_problems(facts),
    )


def is_forgeable(signature_algorithm: str) -> bool:
    """Whether the hash of a signature is broken: MD2, MD5 or SHA-1 (RFC 9155)."""
    name = signature_algorithm.lower()
    return name.startswith(_FORGEABLE) or name.endswith("sha1")


def _of_key(facts: Facts) -> Iterator[Finding]:
    smallest = SMALLEST_KEYS.get(facts.key_algorithm, 0)
    if 0 < facts.key_size < smallest:
        about = {"algorithm": facts.key_algorithm, "bits": f"{facts.key_size}"}
        yield Finding(code="small-key", about=about)
    if is_forgeable(facts.signature_algorithm):
        about = {"algorithm": facts.signature_algorithm}
        yield Finding(code="weak-signature", about=about)


def _of_names(facts: Facts) -> Iterator[Finding]:
    if not (facts.dns_names or facts.ip_addresses or facts.is_ca):
        yield Finding(code="no-san")
    wildcard = next((name for name in facts.dns_names if name.startswith("*.")), None)
    if wildcard is not None:
        yield Finding(code="wildcard", about={"name": wildcard})


def _of_public(facts: Facts) -> Iterator[Finding]:
    """Yield what the Baseline Requirements and the root programs are against."""
    days = lifetime_days(facts.not_before, facts.not_after)
    limit = longest_days(facts.not_before)
    if days > limit and not facts.is_ca:
        issued = f"{facts.not_before.astimezone(UTC):%Y-%m-%d}"
        about = {"days": f"{days:,}", "limit": f"{limit:,}", "issued": issued}
        yield Finding(code="too-long-lived", about=about)
    if _CLIENT_PURPOSES.intersection(facts.extended_key_usage):
        yield Finding(code="client-auth")


def _of_problems(facts: Facts) -> Iterator[Finding]:
    for problem in list(facts.problems)[:MOST_PROBLEMS]:
        sentence = problem if isinstance(problem, str) else problem.sentence
        if _SAME_AS_NO_SAN not in sentence:
            yield Finding(code="parse-problem", about={"problem": sentence})


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
