"""Clocks and probes that tell what was asked of them."""

from datetime import timedelta

from certs.models import Job
from certs.services.work import jobs, selection
from certs.tests.factories import NOW, make_chain, make_user, seen


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self, now=NOW):
        self.now = now

    def __call__(self):
        return self.now

    def forward(self, **time):
        self.now += timedelta(**time)


class Probe:
    """Answers everybody, or refuses those in `down`, and counts who was asked."""

    def __init__(self, *, down=()):
        self.asked = []
        self.down = set(down)
        self.chain = make_chain()

    def __call__(self, targets):
        for target in targets:
            self.asked.append(target.host)
            if target.host in self.down:
                yield seen(target, (), error_code="refused", error_text="Refused.")
            else:
                yield seen(target, self.chain)


def ask(kind=Job.Kind.CHECK, *, user=None, keys=None, now=NOW, **asked):
    user = user or make_user("Administrator")
    arguments = selection.of_list(asked) if keys is None else selection.of_keys(keys)
    return jobs.ask(kind, user=user, arguments=arguments, now=now)


def finish(job, *, runners=jobs.RUNNERS, clock=None):
    """Work on a job until its end; what it was after each step."""
    steps = jobs.work(job.pk, clock=clock or Clock(), runners=runners)
    shown = [(each.done, each.state) for each in steps]
    job.refresh_from_db()
    return shown


class KilledError(BaseException):
    """As a signal that no `except Exception` hears of."""


def die(job, key):
    """Leave a job as a killed worker does: claimed, and nobody at it."""
    Job.objects.filter(pk=job.pk).update(claim=key, state=Job.State.RUNNING)
