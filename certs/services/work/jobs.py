"""Long work that somebody asked for: claimed, done in steps, taken up again.

A job is a row. Whoever works on it holds a claim that runs out; after each step one
UPDATE, guarded by that claim, writes how far it is. So a job whose worker was killed
goes on where it stood, and nothing is counted twice. Messages only wake workers up.
"""

import logging
from collections.abc import Callable, Generator, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import F, Q, QuerySet

from accounts import dates, permissions
from accounts.models import User
from certs.models import Job
from certs.services.work import exports, imports
from certs.services.work.checks import Checks, DeepChecks
from certs.services.work.exports import Exports
from certs.services.work.imports import Imports
from certs.services.work.runner import JobError, Part, Runner

logger = logging.getLogger(__name__)

# Beyond settings.WORK_LEASE, so that a dead worker's endpoints are free again when
# its job is taken up.
LONGER = timedelta(minutes=1)
SOON = timedelta(minutes=1)  # until somebody else may wake a worker up for it
UNHEARD = timedelta(minutes=5)  # until a worker is woken up once more
TRIES = 20  # without a step done
AT_ONCE = 100  # jobs that one look wakes workers up for
OPEN = (Job.State.QUEUED, Job.State.RUNNING)

# A later kind of job joins here.
RUNNERS: dict[str, Runner] = {
    Job.Kind.CHECK: Checks(),
    Job.Kind.DEEP_CHECK: DeepChecks(),
    Job.Kind.EXPORT: Exports(),
    Job.Kind.IMPORT: Imports(),
}

Clock = Callable[[], datetime]


def ask(
    kind: Job.Kind, *, user: User | None, arguments: Mapping[str, Any], now: datetime
) -> Job:
    """Write down what is to be done; who asks wakes a worker up once it is committed.

    `arguments` come from `selection` or `imports`, and hold no secrets.
    """
    return Job.objects.create(
        kind=kind,
        user=user,
        arguments=dict(arguments),
        claimed_until=now + SOON,
        created_at=now,
    )


def work(
    key: UUID, *, clock: Clock, runners: Mapping[str, Runner] = RUNNERS
) -> Generator[Job, None, None]:
    """Do a job step by step; yields it after each, and nothing if it is another's.

    Whoever stops iterating before it has ended hands it on.
    """
    job = _claim(key, now=clock())
    if job is None:
        return
    wait = SOON  # after an error; a step that is done shortens it
    try:
        while _step(job, runners.get(job.kind), clock=clock):
            wait = timedelta()
            yield job
            wait = SOON
    except GeneratorExit:
        wait = timedelta()
        raise
    finally:
        if job.state == Job.State.RUNNING:
            _write(job, claim=None, claimed_until=clock() + wait)
    if job.state not in OPEN:
        yield job


def visible_to(user: User) -> QuerySet[Job]:
    """Return the jobs that `user` may see and end: their own, or those of all."""
    rows = Job.objects.all()
    return rows if permissions.acts_for_every_team(user) else rows.filter(user=user)


def cancel(job: Job, *, now: datetime) -> bool:
    """End a job after its current step, at once if nobody works on it.

    Returns False for one that has ended.
    """
    rows = Job.objects.filter(pk=job.pk, state__in=OPEN)
    if rows.filter(_free(now)).update(
        state=Job.State.CANCELLED, is_cancelled=True, claim=None, ended_at=now
    ):
        _clear_away(job, is_done=False)
        return True
    return rows.update(is_cancelled=True) > 0


def due(*, now: datetime) -> Iterator[UUID]:
    """Yield the jobs that a worker should be woken up for, oldest first.

    Those that nobody began in time, and those whose worker was not heard of. Each is
    due once in a while only: messages to workers that are away do not pile up.
    """
    rows = Job.objects.filter(state__in=OPEN, claimed_until__lte=now)
    keys = rows.order_by("claimed_until").values_list("pk", flat=True)[:AT_ONCE]
    for key in list(keys):
        if rows.filter(pk=key).update(claim=None, claimed_until=now + UNHEARD):
            yield key


def _claim(key: UUID, *, now: datetime) -> Job | None:
    """Take a job, unless somebody works on it or it has ended."""
    token = uuid4()
    rows = Job.objects.filter(_free(now), pk=key, state__in=OPEN)
    if not rows.update(
        state=Job.State.RUNNING,
        claim=token,
        claimed_until=now + _lease(),
        attempts=F("attempts") + 1,
    ):
        return None
    mine = Job.objects.filter(pk=key, claim=token)
    mine.filter(started_at=None).update(started_at=now)
    return mine.select_related("user").first()


def _lease() -> timedelta:
    lease: timedelta = settings.WORK_LEASE
    return lease + LONGER


def _free(now: datetime) -> Q:
    return Q(claim=None) | Q(claimed_until__lte=now)


def _step(job: Job, runner: Runner | None, *, clock: Clock) -> bool:
    """Do one step and write what it came to. Returns whether there is another."""
    if Job.objects.filter(pk=job.pk, is_cancelled=True).exists():
        return _end(job, Job.State.CANCELLED, now=clock())
    zone = job.user.time_zone if job.user else ""
    try:
        with dates.as_written_by(zone, ""):
            return _advance(job, _known(job, runner), clock=clock)
    except JobError as error:
        return _end(job, Job.State.FAILED, now=clock(), message=str(error))


def _known(job: Job, runner: Runner | None) -> Runner:
    """Return who does the job. Raises JobError if nobody can."""
    if runner is None:
        raise JobError("Nothing here knows how to do this.")
    if job.attempts > TRIES:
        raise JobError(f"It was begun {TRIES} times and did not get on.")
    return runner


def _advance(job: Job, runner: Runner, *, clock: Clock) -> bool:
    if job.total is None and not _write(job, total=runner.total(job, now=clock())):
        return False
    part = runner.step(job, now=clock())
    if not _write(job, **_counted(job, part), claimed_until=clock() + _lease()):
        return False
    if not part.is_last:
        return True
    result = runner.finish(job, now=clock())
    return _end(job, Job.State.DONE, now=clock(), result=result, total=job.done)


def _counted(job: Job, part: Part) -> dict[str, Any]:
    return {
        "done": job.done + part.done,
        "failed": job.failed + part.failed,
        "cursor": part.cursor,
        "messages": [*job.messages, *part.messages][: Job.MESSAGES],
        "attempts": 0,  # since it got on
    }


def _end(
    job: Job,
    state: Job.State,
    *,
    now: datetime,
    message: str = "",
    **values: Any,
) -> bool:
    """Write that it is over; there is no further step."""
    if message:  # why it ended: worth more than the last of many
        values["messages"] = [*job.messages[: Job.MESSAGES - 1], message]
    is_mine = _write(job, state=state, ended_at=now, claim=None, **values)
    if is_mine:
        _clear_away(job, is_done=state == Job.State.DONE)
    return False


def _clear_away(job: Job, *, is_done: bool) -> None:
    """Delete the files that nobody needs when a job has ended."""
    imports.forget(job)
    if not is_done:
        exports.forget(job.pk)


def _write(job: Job, **values: Any) -> bool:
    """Write values unless another has taken the job over. Returns whether they are."""
    if job.claim is None:
        return False
    rows = Job.objects.filter(pk=job.pk, claim=job.claim, state=Job.State.RUNNING)
    if not rows.update(**values):
        logger.info("Another worker has taken job %s over.", job.pk)
        job.claim = None  # nothing of it is ours any more
        return False
    for name, value in values.items():
        setattr(job, name, value)
    return True
