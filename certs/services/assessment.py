"""Writes into what was seen what it means, by the trust stores of the moment."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from uuid import UUID

from certs.models import DeepCheck, Endpoint, Observation
from certs.pki.deep import DeepResult
from certs.pki.meaning import Opinion, meaning
from certs.pki.trust import MISSING_INTERMEDIATE, Verdict
from certs.services.trust import Judges

# Raised when the rules of certs.pki change: what was judged by others is judged anew.
RULES = 1
# Roots and what the inventory knows of intermediates change without a check.
AGAIN = timedelta(days=7)
# What was seen, what it means, and what that was judged by.
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
_facts = attrgetter(*FACTS)


class Assessor:
    """Assesses what a round of checks saw."""

    def __init__(
        self, judges: Judges, *, deep_checks: Mapping[UUID, DeepCheck], now: datetime
    ) -> None:
        """Prepare a round; `deep_checks` are those there are, by endpoint."""
        self._judges = judges
        self._deep_checks = deep_checks
        self._now = now

    def assess(
        self,
        run: Observation,
        *,
        sent: Sequence[bytes],
        before: Observation | None = None,
    ) -> None:
        """Write into `run`, a run of one, what it means; `sent` is its chain as DER.

        Where `before`, the open run, saw the same and was judged by the same, it means
        the same still.
        """
        if run.certificate is None or run.error_code:
            return
        endpoint = run.endpoint
        deep_check = self._deep_checks.get(endpoint.pk)
        run.judged_by = self._basis(endpoint, deep_check)
        if (
            before is not None
            and self.holds(endpoint, before)
            and _facts(before) == _facts(run)
        ):
            for name in (*MEANING, *BASIS):
                setattr(run, name, getattr(before, name))
            return
        said = self._judges.opinion(sent, team=endpoint.team_id)
        found = meaning(
            run.certificate,
            host=endpoint.expected_name,
            sent=sent,
            opinion=said,
            shown=run,
            deep=deep_result(deep_check),
        )
        run.is_trusted = found.is_trusted
        run.verdicts = _plain(said)
        run.findings = [finding.to_json() for finding in found.findings]
        run.grade = found.rating.grade.value if found.rating else ""
        run.judged_until = self._until(said)

    def holds(self, endpoint: Endpoint, run: Observation) -> bool:
        """Whether `run` still means what it meant, if what was seen is still seen."""
        if run.judged_until is None or self._now > run.judged_until:
            return False
        return run.judged_by == self._basis(
            endpoint, self._deep_checks.get(endpoint.pk)
        )

    def _basis(self, endpoint: Endpoint, deep_check: DeepCheck | None) -> str:
        """Return a word for all that decides but for what was seen, and the time."""
        counting = self._judges.counting(endpoint.team_id)
        parts = [str(RULES), self._judges.basis, *sorted(counting)]
        if deep_check is not None:
            parts.append(deep_check.observed_at.isoformat())
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def _until(self, said: Opinion) -> datetime | None:
        """Return when the verdicts have to be given anew; None is at every check.

        An intermediate that was not sent may be known by then.
        """
        if any(each.code == MISSING_INTERMEDIATE for each in said.verdicts):
            return None
        ends = (verdict.until for verdict in said.verdicts)
        return min([*filter(None, ends), self._now + AGAIN])


def deep_result(deep_check: DeepCheck | None) -> DeepResult | None:
    """Return what a deep check found; None if another release wrote it otherwise."""
    if deep_check is None:
        return None
    try:
        return DeepResult.from_json(deep_check.result)
    except ValueError:
        return None


def opinion(run: Observation) -> Opinion | None:
    """Return what the stores said of a run; None if it was never judged."""
    if not any(each["counts"] for each in run.verdicts):
        return None
    return Opinion(
        verdicts=tuple(
            Verdict(
                store=each["store"],
                is_trusted=each["is_trusted"],
                code=each["code"],
                sentence=each["sentence"],
                is_completable=each["is_completable"],
            )
            for each in run.verdicts
        ),
        counting=frozenset(each["store"] for each in run.verdicts if each["counts"]),
    )


def _plain(said: Opinion) -> list[dict[str, object]]:
    return [
        {
            "store": verdict.store,
            "is_trusted": verdict.is_trusted,
            "code": verdict.code,
            "sentence": verdict.sentence,
            "is_completable": verdict.is_completable,
            "counts": verdict.store in said.counting,
        }
        for verdict in said.verdicts
    ]
