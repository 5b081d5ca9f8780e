"""Jobs: claimed by one, done in steps, taken up again where they stood."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import OperationalError

from accounts.models import User
from certs.models import Endpoint, Job
from certs.services.work import jobs
from certs.services.work.checks import Checks, DeepChecks
from certs.services.work.runner import JobError, Part
from certs.tests.factories import NOW, make_endpoint, make_team, make_user
from certs.tests.services.work.counting import Clock, Probe, ask, finish

pytestmark = pytest.mark.django_db


class KilledError(BaseException):
    """As a signal that no `except Exception` hears of."""


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


def checks(probe, *, size=2):
    return {Job.Kind.CHECK: Checks(probe=probe, size=size)}


def die(job, key):
    """Leave a job as a killed worker does: claimed, and nobody at it."""
    Job.objects.filter(pk=job.pk).update(claim=key, state=Job.State.RUNNING)


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


# --- checks ---


def test_all_endpoints_are_checked_once_and_failures_are_counted():
    probe = Probe(down=["b.example.org"])
    for name in "abcde":
        make_endpoint(f"{name}.example.org")
    job = ask()

    shown = finish(job, runners=checks(probe))

    assert sorted(probe.asked) == [f"{name}.example.org" for name in "abcde"]
    assert [done for done, _ in shown] == [2, 4, 5]
    assert (job.total, job.done, job.failed) == (5, 5, 1)
    assert job.messages == ["b.example.org:443: Refused."]
    assert not Endpoint.objects.exclude(check_claim=None).exists()
    assert not Endpoint.objects.filter(next_check_at__lte=NOW).exists()


def test_a_check_whose_worker_is_killed_checks_nothing_twice_that_was_counted():
    names = [f"{name}.example.org" for name in "abcde"]
    for name in names:
        make_endpoint(name)
    first, second, clock = Probe(), Probe(), Clock()
    job = ask()

    steps = jobs.work(job.pk, clock=clock, runners=checks(first))
    next(steps)
    job.refresh_from_db()
    die(job, job.claim)
    clock.forward(hours=1)
    finish(job, runners=checks(second), clock=clock)

    assert sorted(first.asked + second.asked) == names
    assert (job.total, job.done, job.state) == (5, 5, Job.State.DONE)


def test_a_killed_workers_endpoints_are_free_when_its_job_is_taken_up(settings):
    class Dies(Probe):
        def __call__(self, targets):
            raise KilledError

    make_endpoint()
    job, clock, probe = ask(), Clock(), Probe()
    with pytest.raises(KilledError):
        finish(job, runners=checks(Dies()), clock=clock)
    Job.objects.update(claimed_until=NOW + settings.WORK_LEASE + jobs.LONGER)
    clock.forward(seconds=settings.WORK_LEASE.total_seconds() + 60)

    finish(job, runners=checks(probe), clock=clock)

    assert len(probe.asked) == 1


def test_what_another_is_checking_is_left_to_that_one():
    mine = make_endpoint("mine.example.org")
    theirs = make_endpoint("theirs.example.org")
    Endpoint.objects.filter(pk=theirs.pk).update(
        check_claim=mine.pk, next_check_at=NOW + timedelta(minutes=5)
    )
    probe = Probe()
    job = ask()

    finish(job, runners=checks(probe))

    assert probe.asked == ["mine.example.org"]
    assert (job.done, job.state) == (2, Job.State.DONE)


def test_two_jobs_at_once_check_each_endpoint_once_at_a_time():
    make_endpoint("a.example.org")
    other = Probe()
    later = ask()

    class Meanwhile(Probe):
        def __call__(self, targets):
            finish(later, runners=checks(other))
            yield from super().__call__(targets)

    probe = Meanwhile()
    finish(ask(), runners=checks(probe))

    assert (probe.asked, other.asked) == (["a.example.org"], [])
    assert later.state == Job.State.DONE


def test_only_what_the_person_may_change_is_checked():
    team = make_team()
    make_endpoint("ours.example.org", team=team)
    theirs = make_endpoint("theirs.example.org", team=make_team())
    editor = make_user("Editor", teams=[team])
    probe = Probe()

    finish(ask(user=editor), runners=checks(probe))
    finish(ask(user=editor, keys=[theirs.pk]), runners=checks(probe))
    finish(ask(user=make_user("Viewer")), runners=checks(probe))

    assert probe.asked == ["ours.example.org"]


def test_nothing_is_checked_for_an_account_that_is_gone_or_deactivated():
    make_endpoint()
    probe, user = Probe(), make_user("Administrator")
    gone, deactivated = ask(), ask(user=user)
    Job.objects.filter(pk=gone.pk).update(user=None)
    User.objects.filter(pk=user.pk).update(is_active=False)

    finish(gone, runners=checks(probe))
    finish(deactivated, runners=checks(probe))

    assert probe.asked == []
    assert [gone.state, deactivated.state] == [Job.State.FAILED] * 2
    assert "gone" in gone.messages[0]
    assert "deactivated" in deactivated.messages[0]


def test_who_has_the_server_may_check_everything():
    make_endpoint()
    probe = Probe()
    arguments = {"asked": {}, "console": True}
    job = jobs.ask(Job.Kind.CHECK, user=None, arguments=arguments, now=NOW)

    finish(job, runners=checks(probe))

    assert len(probe.asked) == 1


def test_a_list_is_checked_as_it_was_asked_for():
    make_endpoint("a.example.org", environment="staging", tags=["x"])
    make_endpoint("b.example.org", environment="staging")
    make_endpoint("c.example.org", tags=["x"])
    make_endpoint("d.example.org", environment="staging", tags=["x"], paused=True)
    probe = Probe()
    job = ask(environment="staging", tag="x")

    finish(job, runners=checks(probe))

    assert probe.asked == ["a.example.org"]
    assert job.total == 1


def test_followed_endpoints_are_those_of_who_asked():
    user = make_user("Administrator")
    make_endpoint("a.example.org").followers.add(user)
    make_endpoint("b.example.org")
    probe = Probe()

    finish(ask(user=user, followed=user), runners=checks(probe))

    assert probe.asked == ["a.example.org"]


def test_a_selection_is_checked_even_what_is_paused_and_without_what_was_deleted():
    chosen = [make_endpoint(paused=True), make_endpoint(), make_endpoint()]
    make_endpoint()
    job, probe = ask(keys=[row.pk for row in chosen]), Probe()
    chosen[1].delete()

    finish(job, runners=checks(probe))

    assert sorted(probe.asked) == sorted([chosen[0].host, chosen[2].host])
    assert (job.total, job.done) == (2, 2)


def test_nothing_to_check_is_done_at_once():
    job = ask()

    assert finish(job, runners=checks(Probe())) == [(0, "done")]
    assert job.total == 0


def test_a_hundred_messages_are_kept():
    for _ in range(105):
        make_endpoint()
    hosts = Endpoint.objects.values_list("host", flat=True)
    job = ask()

    finish(job, runners=checks(Probe(down=hosts), size=30))

    assert (job.failed, len(job.messages)) == (105, Job.MESSAGES)


def test_a_deep_check_asks_first_and_checks_then():
    order = []
    make_endpoint("a.example.org")

    class Asked:
        def to_json(self):
            return {"versions": ["TLSv1.3"]}

    def deep(targets):
        order.append("deep")
        return [Asked() for _ in targets]

    class Then(Probe):
        def __call__(self, targets):
            order.append("check")
            yield from super().__call__(targets)

    probe = Then()
    job = ask(Job.Kind.DEEP_CHECK)

    finish(job, runners={Job.Kind.DEEP_CHECK: DeepChecks(probe=probe, deep=deep)})

    assert probe.asked == ["a.example.org"]
    assert order == ["deep", "check"]
    assert (job.done, job.state) == (1, Job.State.DONE)
    assert not Endpoint.objects.exclude(deep_check_claim=None).exists()
