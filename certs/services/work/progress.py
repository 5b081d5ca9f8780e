"""How far a job is, how fast it goes, and how long it may take."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from certs.models import Job

WHOLE = 100  # per cent
SURE = 0.01  # of the steps done, before the rest is guessed from them


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What a bar shows; None where nobody knows yet."""

    percent: int | None
    per_second: float | None
    took: timedelta | None
    left: timedelta | None


def of(job: Job, *, now: datetime) -> Progress:
    """Return how far a job is. Full is a bar of work that is done, and no other."""
    took = None
    if job.started_at is not None:
        took = max((job.ended_at or now) - job.started_at, timedelta())
    rate = job.done / took.total_seconds() if took and job.done else None
    return Progress(
        percent=_percent(job),
        per_second=rate,
        took=took,
        left=_left(job, rate),
    )


def _percent(job: Job) -> int | None:
    if job.state == Job.State.DONE:
        return WHOLE
    if not job.total:
        return None
    return min(job.done * WHOLE // job.total, WHOLE - 1)


def _left(job: Job, rate: float | None) -> timedelta | None:
    if job.state != Job.State.RUNNING or not rate or not job.total:
        return None
    if job.done < job.total * SURE:
        return None
    return timedelta(seconds=max(job.total - job.done, 0) / rate)
