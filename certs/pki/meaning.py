"""What a handshake means: trust, findings and grade, whoever wants to know."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from certs.pki import chain, findings, hostnames, rating, rules, trust
from certs.pki.deep import DeepResult
from certs.pki.findings import Facts, Finding
from certs.pki.rating import Rating
from certs.pki.roots import PUBLIC
from certs.pki.trust import Verdict

# A chain that is trusted but for the dates of its leaf. Those depend on the moment, and
# who looks at an endpoint is told of them by the dates themselves.
SOUND = (trust.TRUSTED, rules.EXPIRED, rules.NOT_YET_VALID)
# Why a chain is not trusted, the least wrong first, and the finding that says so.
_FLAWS = {
    trust.MISSING_INTERMEDIATE: "missing-intermediate",
    rules.EXPIRED_INTERMEDIATE: "expired-intermediate",
    rules.INVALID: "invalid-chain",
    trust.UNKNOWN_ROOT: "unknown-root",
    trust.SELF_SIGNED: "self-signed",
}
_ORDER = (*SOUND, *_FLAWS)


class Shown(Protocol):
    """What one handshake agreed on, in the words of `ProbeResult`."""

    @property
    def tls_version(self) -> str: ...
    @property
    def cipher(self) -> str: ...
    @property
    def key_exchange(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What each store says of a chain, and the names of those that count, one or more.

    A chain is trusted if one of them trusts it.
    """

    verdicts: tuple[Verdict, ...]
    counting: frozenset[str]

    @property
    def verdict(self) -> Verdict:
        """The best verdict that counts."""
        counted = (each for each in self.verdicts if each.store in self.counting)
        return min(counted, key=lambda verdict: _ORDER.index(verdict.code))

    @property
    def is_public(self) -> bool:
        """Whether the chain leads to a public root, its dates aside."""
        return any(e.code in SOUND for e in self.verdicts if e.store == PUBLIC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What it comes to; `verdict` is the best one of the stores that count.

    Nothing in it depends on the dates of the leaf: for those, see `findings.of_dates`.
    """

    verdict: Verdict
    findings: tuple[Finding, ...]
    rating: Rating | None

    @property
    def is_trusted(self) -> bool:
        """Whether a store that counts trusts the chain, the leaf's dates aside."""
        return self.verdict.code in SOUND


def meaning(
    leaf: Facts,
    *,
    host: str,
    sent: Sequence[bytes],
    opinion: Opinion,
    shown: Shown,
    deep: DeepResult | None = None,
) -> Meaning:
    """Return what it means that `host` showed `leaf` first of `sent`, a chain of DER.

    A deep check says more of the protocol than `shown`, one handshake.
    """
    best = opinion.verdict
    return Meaning(
        verdict=best,
        findings=(
            *_of_chain(best, sent),
            *findings.of_name(
                host, dns_names=leaf.dns_names, ip_addresses=leaf.ip_addresses
            ),
            *findings.of_certificate(leaf, is_public=opinion.is_public),
            *_of_protocol(shown, deep),
        ),
        rating=rate(leaf, host=host, verdict=best, shown=shown, deep=deep),
    )


def rate(
    leaf: Facts,
    *,
    host: str,
    verdict: Verdict,
    shown: Shown,
    deep: DeepResult | None = None,
) -> Rating | None:
    """Return the rating where `verdict` is the one that counts.

    Of one handshake it is what the grade is at best; a deep check completes it. As the
    guide has it, a chain that many clients can complete costs no trust but the best
    grades.
    """
    is_match = hostnames.covering_name(
        host, dns_names=leaf.dns_names, ip_addresses=leaf.ip_addresses
    )
    is_incomplete = verdict.code == trust.MISSING_INTERMEDIATE or verdict.is_completable
    if deep is None or not deep.versions:
        deep = rating.from_handshake(
            shown.tls_version, shown.cipher, shown.key_exchange
        )
    return rating.rate(
        deep,
        leaf,
        is_trusted=verdict.code in SOUND or verdict.is_completable,
        is_match=is_match is not None,
        has_whole_chain=not is_incomplete,
    )


def _of_chain(verdict: Verdict, sent: Sequence[bytes]) -> Iterator[Finding]:
    if verdict.code in _FLAWS:
        yield Finding(code=_FLAWS[verdict.code], about={"reason": verdict.sentence})
    for flaw in chain.flaws(sent):
        yield Finding(code=flaw.code, about={"reason": flaw.sentence})


def _of_protocol(shown: Shown, deep: DeepResult | None) -> tuple[Finding, ...]:
    if deep is not None and deep.versions:
        return findings.of_deep(deep)
    return findings.of_handshake(shown.tls_version, shown.cipher, shown.key_exchange)
