"""Jobs: claimed by one, done in steps, taken up again where they stood."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import OperationalError

from certs.models import Job
from certs.services.work import jobs
from certs.services.work.runner import JobError, Part
from certs.tests.factories import NOW
from certs.tests.services.work.counting import (
    Clock,
    KilledError,
    ask,
    die,
    finish,
)

pytestmark = pytest.mark.django_db


@dataclass
class Counting:
    """Three steps; what happens before the end of each can be chosen."""

    before: Callable[[Job, int], None] | None = None
    steps: int = 3

    def total(self, job, *, now):
        return self.steps

    def step(self, job, *, now):
        number = int(job.cursor or 0) + 1
        if self.before:
            self.before(job, number)
        return Part(cursor=str(number), is_last=number == self.steps, done=1)

    def finish(self, job, *, now):
        return ""


def runners(before=None, **more):
    return {Job.Kind.CHECK: Counting(before, **more)}


# --- asking and ending ---


def test_a_job_waits_until_a_worker_takes_it():
    job = ask()

    assert (job.state, job.total, job.created_at) == (Job.State.QUEUED, None, NOW)


def test_a_job_is_done_step_by_step():
    job = ask()

    shown = finish(job, runners=runners())

    assert shown == [(1, "running"), (2, "running"), (3, "done")]
    assert (job.total, job.done, job.failed) == (3, 3, 0)
    assert (job.started_at, job.ended_at) == (NOW, NOW)


def test_a_job_that_has_ended_is_not_done_again():
    job = ask()
    finish(job, runners=runners())

    assert finish(job, runners=runners()) == []
    assert job.done == 3


def test_a_job_that_is_gone_is_nobodys():
    job = ask()
    Job.objects.all().delete()

    assert list(jobs.work(job.pk, clock=Clock())) == []


def test_a_kind_that_nobody_knows_fails_and_says_so():
    job = ask(Job.Kind.MAIL)

    finish(job)

    assert job.state == Job.State.FAILED
    assert "knows how" in job.messages[0]


def test_what_a_runner_gives_up_on_is_told():
    def refuse(job, number):
        raise JobError("There is no room.")

    job = ask()

    finish(job, runners=runners(refuse))

    assert (job.state, job.messages) == (Job.State.FAILED, ["There is no room."])


# --- two at a time, and who dies ---


def test_only_one_of_two_workers_has_it():
    job = ask()
    first = jobs.work(job.pk, clock=Clock(), runners=runners())
    next(first)

    assert finish(job, runners=runners()) == []
    assert [each.done for each in first] == [2, 3]


def test_a_killed_workers_job_goes_on_where_it_stood():
    def die_in_the_middle(job, number):
        if number == 2:
            raise KilledError

    job, clock = ask(), Clock()
    with pytest.raises(KilledError):
        finish(job, runners=runners(die_in_the_middle), clock=clock)
    die(job, job.pk)

    assert finish(job, runners=runners(), clock=clock) == []
    clock.forward(hours=1)
    assert [done for done, _ in finish(job, runners=runners(), clock=clock)] == [2, 3]
    assert job.state == Job.State.DONE


def test_who_was_slow_and_lost_the_job_counts_nothing():
    clock = Clock()
    others = []

    def overtaken(_, number):
        if number == 2:
            clock.forward(hours=1)
            others.extend(finish(job, runners=runners(), clock=clock))

    job = ask()
    mine = finish(job, runners=runners(overtaken), clock=clock)

    assert mine == [(1, "running")]
    assert [done for done, _ in others] == [2, 3]
    assert (job.done, job.state) == (3, Job.State.DONE)


def test_an_error_is_tried_again_after_a_while_and_nothing_is_lost():
    def fail(job, number):
        if number == 2:
            raise OperationalError

    job, clock = ask(), Clock()
    with pytest.raises(OperationalError):
        finish(job, runners=runners(fail), clock=clock)
    job.refresh_from_db()

    assert (job.state, job.done, job.claim) == (Job.State.RUNNING, 1, None)
    assert list(jobs.due(now=clock())) == []
    clock.forward(minutes=1)
    assert list(jobs.due(now=clock())) == [job.pk]


def test_what_never_gets_on_fails_after_twenty_tries():
    def fail(job, number):
        raise OperationalError

    job = ask()
    for _ in range(jobs.TRIES):
        with pytest.raises(OperationalError):
            finish(job, runners=runners(fail))
    finish(job, runners=runners(fail))

    assert job.state == Job.State.FAILED
    assert "20 times" in job.messages[0]


def test_tries_count_from_the_last_step_that_was_done():
    job = ask()
    for _ in range(jobs.TRIES + 5):
        steps = jobs.work(job.pk, clock=Clock(), runners=runners(steps=100))
        next(steps)
        steps.close()
    job.refresh_from_db()

    assert (job.state, job.done) == (Job.State.RUNNING, jobs.TRIES + 5)


def test_who_stops_hands_the_job_on_at_once():
    job = ask()
    steps = jobs.work(job.pk, clock=Clock(), runners=runners())
    next(steps)
    steps.close()

    assert [done for done, _ in finish(job, runners=runners())] == [2, 3]


# --- cancelling ---


def test_a_waiting_job_is_cancelled_at_once():
    job = ask()

    assert jobs.cancel(job, now=NOW)
    assert finish(job, runners=runners()) == []
    assert (job.state, job.ended_at) == (Job.State.CANCELLED, NOW)


def test_a_running_job_is_cancelled_after_its_step():
    def stop(job, number):
        if number == 2:
            assert jobs.cancel(job, now=NOW)

    job = ask()

    assert finish(job, runners=runners(stop))[-1] == (2, "cancelled")
    assert (job.state, job.done) == (Job.State.CANCELLED, 2)


def test_a_job_whose_worker_died_is_cancelled_at_once():
    job = ask()
    die(job, job.pk)

    assert jobs.cancel(job, now=NOW + timedelta(hours=1))
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED


def test_what_has_ended_cannot_be_cancelled():
    job = ask()
    finish(job, runners=runners())

    assert not jobs.cancel(job, now=NOW)
    job.refresh_from_db()
    assert job.state == Job.State.DONE


# --- who is woken up for what ---


def test_a_job_is_due_when_nobody_began_it_in_time():
    job = ask()

    assert list(jobs.due(now=NOW)) == []
    assert list(jobs.due(now=NOW + jobs.SOON)) == [job.pk]


def test_a_job_is_due_once_in_a_while_only():
    ask()
    list(jobs.due(now=NOW + jobs.SOON))

    assert list(jobs.due(now=NOW + 2 * jobs.SOON)) == []
    assert len(list(jobs.due(now=NOW + jobs.SOON + jobs.UNHEARD))) == 1


def test_a_job_that_was_woken_up_for_can_be_taken():
    job = ask()
    list(jobs.due(now=NOW + jobs.SOON))

    assert finish(job, runners=runners())[-1] == (3, "done")


def test_a_running_job_is_not_due_before_its_lease_is_over(settings):
    job = ask()
    die(job, job.pk)
    Job.objects.update(claimed_until=NOW + settings.WORK_LEASE)

    assert list(jobs.due(now=NOW + settings.WORK_LEASE / 2)) == []
    assert list(jobs.due(now=NOW + settings.WORK_LEASE)) == [job.pk]
