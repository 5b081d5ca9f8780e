"""What a check means: the trust, the findings and the grade of what was shown."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from certs.models import Certificate, DeepCheck, Endpoint, Observation
from certs.pki import chain as chains, findings, rating, trust
from certs.pki.deep import DeepResult
from certs.pki.findings import Finding
from certs.pki.rating import Rating
from certs.pki.roots import PUBLIC
from certs.pki.trust import Verdict
from certs.services.courts import Court

# Raised when the rules of certs.pki change: what was judged by others is judged anew.
RULES = 1
# Roots and what the inventory knows of intermediates change without a check.
AGAIN = timedelta(days=7)
# A chain that is trusted but for the dates of its leaf. Those depend on the moment, and
# who looks at an endpoint is told of them by the dates themselves.
SOUND = frozenset({trust.TRUSTED, trust.EXPIRED, trust.NOT_YET_VALID})
# Why a chain is not trusted, the least wrong first, and the finding that says so.
FLAWS = {
    trust.MISSING_INTERMEDIATE: "missing-intermediate",
    trust.EXPIRED_INTERMEDIATE: "expired-intermediate",
    trust.INVALID: "invalid-chain",
    trust.UNKNOWN_ROOT: "unknown-root",
    trust.SELF_SIGNED: "self-signed",
}
FACTS = (
    "certificate_id",
    "chain",
    "tls_version",
    "cipher",
    "key_exchange",
    "error_code",
    "name_matches",
)
MEANING = ("is_trusted", "verdicts", "grade", "findings")
BASIS = ("judged_by", "judged_until")


class Assessor:
    """Assesses what a round of checks saw, by the trust stores of the moment."""

    def __init__(
        self, court: Court, *, deep_checks: Mapping[UUID, DeepCheck], now: datetime
    ) -> None:
        """Prepare a round; `deep_checks` are those there are, by endpoint."""
        self._court = court
        self._deep_checks = deep_checks
        self._now = now

    def assess(
        self,
        run: Observation,
        *,
        sent: Sequence[bytes],
        served: Sequence[Certificate],
        before: Observation | None = None,
    ) -> None:
        """Write into `run`, a run of one, what it means.

        `sent` is the chain as DER and `served` what could be read of it, both leaf
        first. Where `before`, the open run, saw the same and was judged by the same, it
        means the same still.
        """
        if run.certificate is None or run.error_code:
            return
        deep_check = self._deep_checks.get(run.endpoint_id)
        run.judged_by = self._basis(run.endpoint, deep_check)
        if before is not None and self._still_holds(before, run):
            for name in (*MEANING, *BASIS):
                setattr(run, name, getattr(before, name))
            return
        verdicts = self._court.judge(sent)
        deciding = self._deciding(verdicts, run.endpoint)
        run.judged_until = self._until(served)
        run.is_trusted = deciding.code in SOUND
        run.verdicts = [_plain(verdict) for verdict in verdicts]
        is_public = any(v.code in SOUND for v in verdicts if v.store == PUBLIC)
        found = [
            *_of_trust(deciding, sent),
            *_of_leaf(run, run.certificate, is_public=is_public),
            *_of_protocol(run, deep_check),
        ]
        run.findings = [finding.to_json() for finding in found]
        rated = rate(run, deep_check)
        run.grade = rated.grade.value if rated else ""

    def _basis(self, endpoint: Endpoint, deep_check: DeepCheck | None) -> str:
        """Return a word for all that decides but for what was seen, and the time."""
        parts = [str(RULES), self._court.basis, *self._court.stores_of(endpoint)]
        if deep_check is not None:
            parts.append(deep_check.observed_at.isoformat())
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def _still_holds(self, before: Observation, run: Observation) -> bool:
        return (
            before.judged_by == run.judged_by
            and before.judged_until is not None
            and self._now < before.judged_until
            and all(getattr(before, name) == getattr(run, name) for name in FACTS)
        )

    def _deciding(self, verdicts: Sequence[Verdict], endpoint: Endpoint) -> Verdict:
        """Return the best verdict of the stores that decide for an endpoint."""
        stores = self._court.stores_of(endpoint)
        order = [*sorted(SOUND), *FLAWS]
        return min(
            (verdict for verdict in verdicts if verdict.store in stores),
            key=lambda verdict: order.index(verdict.code),
        )

    def _until(self, served: Sequence[Certificate]) -> datetime:
        """Return the next moment at which a date may change a verdict."""
        dates = (
            date for each in served for date in (each.not_before, each.not_after)
        )
        coming = (date for date in dates if date > self._now)
        return min([*coming, self._now + AGAIN])


def rate(run: Observation, deep_check: DeepCheck | None) -> Rating | None:
    """Return the rating of a run that was assessed, with its reasons.

    Of one handshake it is what the grade is at best; a deep check completes it.
    """
    result = deep_result(deep_check)
    if result is None or not result.versions:
        result = rating.from_handshake(run.tls_version, run.cipher, run.key_exchange)
    is_whole = all(each["code"] != "missing-intermediate" for each in run.findings)
    return rating.rate(
        result,
        run.certificate,
        is_trusted=bool(run.is_trusted),
        is_match=bool(run.name_matches),
        has_whole_chain=is_whole,
    )


def deep_result(deep_check: DeepCheck | None) -> DeepResult | None:
    """Return what a deep check found; None if another release wrote it otherwise."""
    if deep_check is None:
        return None
    try:
        return DeepResult.from_json(deep_check.result)
    except ValueError:
        return None


def _of_trust(deciding: Verdict, sent: Sequence[bytes]) -> Iterator[Finding]:
    if deciding.code in FLAWS:
        yield Finding(
            code=FLAWS[deciding.code], about={"reason": deciding.sentence}
        )
    for flaw in chains.flaws(sent):
        code = flaw.code if flaw.code in findings.KINDS else "extra-certificates"
        yield Finding(code=code, about={"reason": flaw.sentence})


def _of_leaf(
    run: Observation, leaf: Certificate, *, is_public: bool
) -> Iterator[Finding]:
    yield from findings.of_name(
        run.endpoint.expected_name,
        dns_names=leaf.dns_names,
        ip_addresses=leaf.ip_addresses,
    )
    yield from findings.of_certificate(leaf, is_public=is_public)


def _of_protocol(
    run: Observation, deep_check: DeepCheck | None
) -> tuple[Finding, ...]:
    result = deep_result(deep_check)
    if result is not None and result.versions:
        return findings.of_deep(result)
    return findings.of_handshake(run.tls_version, run.cipher, run.key_exchange)


def _plain(verdict: Verdict) -> dict[str, object]:
    return {
        "store": verdict.store,
        "is_trusted": verdict.is_trusted,
        "code": verdict.code,
        "sentence": verdict.sentence,
    }
