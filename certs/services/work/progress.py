"""How far a job is, how fast it goes, and how long it may take."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from certs.models import Job

MINUTE, HOUR, DAY = 60, 3600, 86_400  # seconds
FAST = 10  # per second; from here on nobody reads a fraction
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


def duration(value: timedelta | None) -> str:
    """Tell a length of time in the unit that fits: `3 min`."""
    if value is None:
        return ""
    seconds = int(value.total_seconds())
    if seconds < MINUTE:
        return f"{seconds} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min"
    if seconds < DAY:
        return f"{seconds // HOUR} h {seconds % HOUR // MINUTE} min"
    return f"{seconds // DAY} d {seconds % DAY // HOUR} h"


def rate(per_second: float | None) -> str:
    """Tell how fast it goes, by the second or, where it is slow, by the minute."""
    if per_second is None:
        return ""
    if per_second >= FAST:
        return f"{per_second:,.0f} per second"
    if per_second >= 1:
        return f"{per_second:.1f} per second"
    return f"{per_second * MINUTE:.0f} per minute"


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
