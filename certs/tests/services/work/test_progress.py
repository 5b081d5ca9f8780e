"""What a bar shows."""

from datetime import timedelta

from certs.models import Job
from certs.services.work import progress
from certs.tests.factories import NOW


def of(state="running", *, minutes=2, **fields):
    job = Job(state=state, started_at=NOW - timedelta(minutes=minutes), **fields)
    return progress.of(job, now=NOW)


def test_how_far_how_fast_and_how_long_yet():
    shown = of(total=100, done=40)

    assert shown.percent == 40
    assert shown.per_second == 40 / 120
    assert shown.took == timedelta(minutes=2)
    assert shown.left == timedelta(minutes=3)


def test_a_bar_is_full_when_the_work_is_done_and_no_earlier():
    assert of(total=5, done=5).percent == 99
    assert of("done", total=5, done=4).percent == 100
    assert of("done", total=0).percent == 100
    assert of("cancelled", total=5, done=1).percent == 20


def test_nothing_is_guessed_before_it_is_known():
    assert of(total=None).percent is None
    assert of(total=10_000, done=1).left is None
    assert of(total=10_000, done=0).per_second is None
    waiting = progress.of(Job(), now=NOW)
    assert (waiting.percent, waiting.took, waiting.left) == (None, None, None)


def test_a_job_that_began_this_moment_has_no_speed():
    assert of(total=10, done=5, minutes=0).per_second is None


def test_what_has_ended_took_as_long_as_it_took():
    ended = NOW - timedelta(minutes=1)

    assert of("done", total=9, done=9, ended_at=ended).took == timedelta(minutes=1)
    assert of("done", total=9, done=9, ended_at=ended).left is None
