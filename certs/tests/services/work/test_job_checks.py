"""Jobs of checks: each endpoint once, with the rights of who asked."""

from datetime import timedelta

import pytest

from accounts.models import User
from certs.models import Endpoint, Job
from certs.services.work import jobs
from certs.services.work.checks import Checks, DeepChecks
from certs.tests.factories import NOW, make_endpoint, make_team, make_user
from certs.tests.services.work.counting import (
    Clock,
    KilledError,
    Probe,
    ask,
    die,
    finish,
)

pytestmark = pytest.mark.django_db


def checks(probe, *, size=2):
    return {Job.Kind.CHECK: Checks(probe=probe, size=size)}


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
