"""Which endpoints a job is about: a list's questions, or their keys."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from accounts.models import User
from certs.models import Endpoint, Job
from certs.models.endpoint import EndpointQuerySet
from certs.services import questions
from certs.services.work.runner import JobError

MOST_KEYS = 10_000
TEXTS = ("q", "status", "environment", "issuer", "grade", "team", "tag")
WORDS = {
    "q": "with “{}”",
    "status": "with the status {}",
    "environment": "in {}",
    "issuer": "by {}",
    "grade": "with the grade {}",
    "team": "of one team",
    "tag": "with the tag {}",
    "week": "that end in the week of {}",
    "followed": "that are followed",
}
CONSOLE = "console"  # asked for by who has the server, and may do anything


class TooManyError(ValueError):
    """More keys than one job takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some endpoints of a job, and where the next ones begin."""

    keys: list[UUID]
    cursor: str
    is_last: bool


def of_list(asked: dict[str, Any]) -> dict[str, Any]:
    """Return a list's questions as arguments of a job; those of order are left out."""
    kept = {name: str(asked[name]) for name in TEXTS if asked.get(name)}
    if week := asked.get("week"):
        kept["week"] = week.isoformat()
    if asked.get("followed"):
        kept["followed"] = "yes"
    return {"asked": kept}


def of_keys(keys: Iterable[UUID]) -> dict[str, Any]:
    """Return chosen endpoints as arguments of a job. Raises TooManyError."""
    chosen = sorted({str(key) for key in keys})
    if len(chosen) > MOST_KEYS:
        raise TooManyError(f"At most {MOST_KEYS:,} endpoints can be chosen one by one.")
    return {"keys": chosen}


def in_words(job: Job) -> str:
    """Tell people which endpoints a job is about."""
    if "upload" in job.arguments:
        there = "updated" if job.arguments["update"] else "left as they are"
        return f"Of the file “{job.arguments['file']}”; those there already are {there}"
    if "keys" in job.arguments:
        number = len(job.arguments["keys"])
        return f"{number:,} chosen endpoint{'' if number == 1 else 's'}"
    asked = job.arguments.get("asked")
    if not asked:
        return "All endpoints"
    told = [WORDS[name].format(asked[name]) for name in WORDS if asked.get(name)]
    return f"Endpoints {', '.join(told)}"


def checked_by(job: Job) -> EndpointQuerySet:
    """Return the endpoints of a job of checks: those its person may change.

    Raises JobError where nobody is there any more whose rights could be asked for.
    """
    rows = _rows(job)
    if "keys" not in job.arguments:
        rows = rows.filter(paused=False)
    user = person(job)
    return rows if user is None else rows.changeable_by(user)


def seen_by(job: Job) -> EndpointQuerySet:
    """Return the endpoints of a job that only reads them. Raises JobError as above."""
    user = person(job)
    if user is not None and not user.has_perm("certs.view_endpoint"):
        raise JobError("Whoever asked for this may not see endpoints any more.")
    return _rows(job)


def batch(job: Job, rows: EndpointQuerySet, *, after: str, size: int) -> Batch:
    """Return the next keys among `rows`, the endpoints of `job`, in their order."""
    chosen: list[str] | None = job.arguments.get("keys")
    if chosen is not None:
        those = [key for key in chosen if key > after][:size]
        found = rows.filter(pk__in=those).order_by("pk").values_list("pk", flat=True)
        is_last = not those or those[-1] == chosen[-1]
        cursor = those[-1] if those else after
        return Batch(keys=list(found), cursor=cursor, is_last=is_last)
    beyond = rows.filter(pk__gt=UUID(after)) if after else rows
    keys = list(beyond.order_by("pk").values_list("pk", flat=True)[:size])
    cursor = str(keys[-1]) if keys else after
    return Batch(keys=keys, cursor=cursor, is_last=len(keys) < size)


def person(job: Job) -> User | None:
    """Return whose rights count, None for who has the server. Raises JobError."""
    if job.user is None and not job.arguments.get(CONSOLE):
        raise JobError("The account of whoever asked for this is gone.")
    if job.user is not None and not job.user.is_active:
        raise JobError("The account of whoever asked for this is deactivated.")
    return job.user


def _rows(job: Job) -> EndpointQuerySet:
    if "keys" in job.arguments:
        return Endpoint.objects.all()  # a batch at a time, by their keys
    asked = dict(job.arguments.get("asked", {}))
    if "week" in asked:
        asked["week"] = date.fromisoformat(asked["week"])
    if "followed" in asked:
        asked["followed"] = job.user
    # As it was when they were asked for, or the list would change with the days.
    now: datetime = job.created_at
    found = questions.filtered(asked, now=now)
    # Batches follow the keys, from the first row to the last.
    status = asked.get("status", "")
    return questions.in_status(found, status, now=now, are_many=True)
