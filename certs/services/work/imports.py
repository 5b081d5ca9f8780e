"""Jobs that put the rows of a file into the inventory."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts import origin
from certs.models import Endpoint, Job
from certs.services import figures, inventory
from certs.services.intake import judging, kept
from certs.services.intake.rows import Row
from certs.services.intake.verdicts import Outcome, Verdict, Wishes, told
from certs.services.inventory import Described
from certs.services.work import selection
from certs.services.work.runner import JobError, Part

logger = logging.getLogger(__name__)

FILE_NAME = 100  # letters
GONE = (
    "The file to import is not there any more. Where several machines work, "
    "EXPORT_DIR must be one folder for all of them."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of the rows that were not wrong."""

    added: int = 0
    changed: int = 0
    left: int = 0

    @property
    def words(self) -> str:
        """The numbers, in a sentence."""
        return (
            f"{self.added:,} added, {self.changed:,} updated, "
            f"{self.left:,} left as they are"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Imports:
    """Rows in batches, judged anew: what is there, and whose rights count, may change.

    The cursor is the place in the file, and the tally up to there. A step that is done
    twice finds what it added the first time, and counts it as added.
    """

    size: int = 200  # rows between two looks whether to stop

    def total(self, job: Job, *, now: datetime) -> int:
        """Count the rows."""
        try:
            return kept.heading(_key(job)).rows
        except FileNotFoundError as error:
            raise JobError(GONE) from error

    def step(self, job: Job, *, now: datetime) -> Part:
        """Write the next rows."""
        wishes = _wishes(job)
        place, tally = _read(job.cursor)
        try:
            batch = kept.batch(_key(job), at=place, size=self.size)
        except FileNotFoundError as error:
            raise JobError(GONE) from error
        with origin.by_import(job.user):
            done = _write(batch.rows, wishes, job)
        outcomes = [verdict.outcome for verdict in done]
        problems = tuple(verdict.problem for verdict in done if verdict.problem)
        after = Tally(
            added=tally.added + outcomes.count(Outcome.NEW),
            changed=tally.changed + outcomes.count(Outcome.CHANGED),
            left=tally.left + outcomes.count(Outcome.LEFT),
        )
        return Part(
            cursor=f"{batch.end}:{after.added}:{after.changed}:{after.left}",
            is_last=batch.is_last,
            done=len(done),
            failed=len(problems),
            messages=problems,
        )

    def finish(self, job: Job, *, now: datetime) -> str:
        """Count the inventory anew."""
        figures.renew(now=now)
        return ""


def of_upload(
    key: UUID, *, file: str, team: UUID | None, update: bool
) -> dict[str, Any]:
    """Return an upload and what was chosen for it as arguments of a job."""
    return {
        "upload": str(key),
        "file": file[:FILE_NAME],
        "team": None if team is None else str(team),
        "update": update,
    }


def tally(job: Job) -> Tally | None:
    """Return what an import came to so far, None for other jobs."""
    return _read(job.cursor)[1] if job.kind == Job.Kind.IMPORT else None


def forget(job: Job) -> None:
    """Delete the file of an import that has ended; harmless for other jobs."""
    if "upload" in job.arguments:
        kept.forget(_key(job))


def _key(job: Job) -> UUID:
    return UUID(job.arguments["upload"])


def _wishes(job: Job) -> Wishes:
    user = selection.person(job)
    if user is not None and not user.has_perm("certs.add_endpoint"):
        raise JobError("Whoever asked for this may not add endpoints any more.")
    team = job.arguments["team"]
    return Wishes(
        user=user,
        team=UUID(team) if team else None,
        update=job.arguments["update"],
    )


def _read(cursor: str) -> tuple[int, Tally]:
    if not cursor:
        return 0, Tally()
    place, added, changed, left = map(int, cursor.split(":"))
    return place, Tally(added=added, changed=changed, left=left)


def _write(rows: Sequence[Row], wishes: Wishes, job: Job) -> list[Verdict]:
    """Write rows; returns what became of each in the end."""
    verdicts = judging.judge(rows, wishes)
    try:
        _add(verdicts)
    except IntegrityError:  # one has come since it was judged: only that one is told
        logger.info("Job %s writes some rows one by one.", job.pk)
        verdicts = [_added(each) for each in verdicts]
    return [_settled(each, job) for each in verdicts]


def _add(verdicts: Iterable[Verdict]) -> None:
    inventory.add_endpoints(
        [
            Described(
                endpoint=each.endpoint,
                contacts=each.contacts or (),
                tags=each.tags or (),
            )
            for each in verdicts
            if each.endpoint is not None and each.outcome == Outcome.NEW
        ]
    )


def _added(verdict: Verdict) -> Verdict:
    try:
        _add([verdict])
    except IntegrityError:
        return _refused(verdict, "It was added by somebody else meanwhile.")
    return verdict


def _settled(verdict: Verdict, job: Job) -> Verdict:
    """Change what is to be changed; say of what is left whether this job added it."""
    endpoint = verdict.endpoint
    if endpoint is None or verdict.outcome == Outcome.NEW:
        return verdict
    if verdict.outcome == Outcome.LEFT:
        # Added by the first try of this step, most likely.
        is_ours = endpoint.created_at >= job.created_at
        return replace(verdict, outcome=Outcome.NEW) if is_ours else verdict
    try:
        _change(endpoint.pk, verdict)
    except ValidationError as error:
        return _refused(verdict, " ".join(error.messages))
    return verdict


def _change(key: UUID, verdict: Verdict) -> None:
    """Set what the row says and nothing else, as the endpoint is by now."""
    with transaction.atomic():
        endpoint = Endpoint.objects.select_for_update().filter(pk=key).first()
        if endpoint is None:
            raise ValidationError("It was deleted meanwhile.")
        for name, value in verdict.changes.items():
            setattr(endpoint, name, value)
        inventory.save_endpoint(endpoint, contacts=verdict.contacts, tags=verdict.tags)


def _refused(verdict: Verdict, why: str) -> Verdict:
    problem = told(verdict.line, why)
    return Verdict(line=verdict.line, outcome=Outcome.WRONG, problem=problem)
