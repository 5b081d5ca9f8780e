"""Jobs that check endpoints, and those that ask them for everything they offer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from certs.models import Endpoint, Job, Reachability
from certs.services import figures, survey
from certs.services.probing import Probe
from certs.services.survey import Deep
from certs.services.work import rounds, selection
from certs.services.work.runner import Part

LONGEST = 300  # letters of a message


@dataclass(frozen=True, kw_only=True)
class Checks:
    """Checks in batches; what another worker has claimed is left to that one."""

    size: int = 100  # endpoints between two looks whether to stop
    probe: Probe | None = None

    def total(self, job: Job, *, now: datetime) -> int:
        """Count the endpoints that the person may check."""
        rows = selection.checked_by(job)
        if "keys" in job.arguments:
            rows = rows.filter(pk__in=job.arguments["keys"])
        return rows.count()

    def step(self, job: Job, *, now: datetime) -> Part:
        """Check the next batch."""
        rows = selection.checked_by(job)
        batch = selection.batch(job, rows, after=job.cursor, size=self.size)
        checked = list(self._check(batch.keys, now=now))
        failed = [row for row in checked if row.status == Reachability.DOWN]
        return Part(
            cursor=batch.cursor,
            is_last=batch.is_last,
            done=len(batch.keys),
            failed=len(failed),
            messages=tuple(f"{row}: {row.error_text}"[:LONGEST] for row in failed),
        )

    def finish(self, job: Job, *, now: datetime) -> str:
        """Count the inventory anew."""
        figures.renew(now=now)
        return ""

    def _check(self, keys: Sequence[UUID], *, now: datetime) -> Iterable[Endpoint]:
        """Check what nobody else is checking; of the rest, that one sees the result."""
        return rounds.step(rounds.claim(keys, now=now), now=now, probe=self.probe)


@dataclass(frozen=True, kw_only=True)
class DeepChecks(Checks):
    """Deep checks, each followed by the usual one, which grades with it."""

    size: int = survey.BATCH
    deep: Deep | None = None

    def _check(self, keys: Sequence[UUID], *, now: datetime) -> Iterable[Endpoint]:
        claimed = rounds.claim(keys, now=now, kind=rounds.DEEP)
        asked = rounds.deep_step(claimed, now=now, deep=self.deep)
        return super()._check([row.pk for row in asked], now=now)
