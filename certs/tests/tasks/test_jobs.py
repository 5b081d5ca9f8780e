"""Messages only wake workers up."""

from datetime import timedelta

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from certs.models import Job
from certs.services.work import jobs
from certs.services.work.runner import Part
from certs.tasks import jobs as tasks
from certs.tests.services.work.counting import ask

pytestmark = pytest.mark.django_db


class Three:
    """A job of three steps."""

    def total(self, job, *, now):
        return 3

    def step(self, job, *, now):
        number = int(job.cursor or 0) + 1
        return Part(cursor=str(number), is_last=number == 3, done=1)

    def finish(self, job, *, now):
        return ""


@pytest.fixture
def job(monkeypatch):
    monkeypatch.setitem(jobs.RUNNERS, Job.Kind.CHECK, Three())
    return ask(now=timezone.now())


@pytest.fixture
def sent(monkeypatch):
    """The keys that workers were told of."""
    keys: list[str] = []

    def send(arguments, **options):
        keys.extend(arguments)

    monkeypatch.setattr(tasks.run_job, "apply_async", send)
    return keys


def test_a_message_has_a_job_done(job, sent):
    tasks.run_job(str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.done) == (Job.State.DONE, 3)
    assert sent == []


def test_a_message_that_comes_twice_does_nothing(job, sent):
    tasks.run_job(str(job.pk))
    tasks.run_job(str(job.pk))

    job.refresh_from_db()
    assert job.done == 3


def test_a_long_job_lets_others_have_their_turn(job, sent, monkeypatch):
    monkeypatch.setattr(tasks, "TURN", -1)

    tasks.run_job(str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.done, job.claim) == (Job.State.RUNNING, 1, None)
    assert sent == [str(job.pk)]
    tasks.run_job(str(job.pk))
    tasks.run_job(str(job.pk))
    job.refresh_from_db()
    assert job.state == Job.State.DONE


def test_each_minute_workers_are_told_of_what_nobody_began(job, sent):
    tasks.resume()
    assert sent == []

    Job.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    tasks.resume()
    tasks.resume()

    assert sent == [str(job.pk)]


def test_a_broker_that_is_away_loses_nothing(job, monkeypatch):
    def fail(arguments, **options):
        raise OperationalError("refused")

    monkeypatch.setattr(tasks.run_job, "apply_async", fail)

    assert tasks.wake(str(job.pk)) is False
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED


def test_a_message_goes_out(job):
    assert tasks.wake(str(job.pk)) is True


def test_files_are_deleted_by_the_clock():
    tasks.prune_exports()
