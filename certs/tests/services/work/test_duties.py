from datetime import timedelta

import pytest

from certs.models import Duty
from certs.services.work import duties
from certs.tests.factories import NOW

pytestmark = pytest.mark.django_db
LEASE = timedelta(minutes=5)
INSTANT = timedelta(milliseconds=1)


def perform(now=NOW, **options):
    return duties.perform("sweeping", now=now, lease=LEASE, **options)


def test_a_duty_is_done_and_says_what_was():
    with perform() as turn:
        turn.numbers = {"rooms": 3}

    duty = Duty.objects.get()
    assert (duty.name, duty.begun_at, duty.numbers) == ("sweeping", NOW, {"rooms": 3})
    assert duty.finished_at is not None
    assert NOW <= duty.finished_at < NOW + LEASE
    assert (duty.claim, duty.claimed_until, duty.error) == (None, None, "")


def test_while_one_does_it_nobody_else_does():
    with perform() as first, perform(NOW + LEASE - INSTANT) as second:
        assert first is not None
        assert second is None

    with perform(NOW + LEASE) as third:
        assert third is not None


def test_the_lease_of_who_died_runs_out_and_who_comes_late_writes_nothing():
    with perform() as slow, perform(NOW + LEASE) as next_one:
        assert next_one is not None
        slow.numbers = {"by": "slow"}
        next_one.numbers = {"by": "next"}

    assert Duty.objects.get().numbers == {"by": "next"}


def test_an_error_is_noted_and_raised_and_the_duty_is_free():
    with pytest.raises(ValueError, match="broom"), perform():
        raise ValueError("the broom is broken" + "!" * 1000)

    duty = Duty.objects.get()
    assert duty.error.startswith("ValueError: the broom is broken!")
    assert (len(duty.error), duty.finished_at) == (duties.ERROR_LENGTH, None)
    with perform() as turn:
        assert turn is not None
    assert Duty.objects.get().error == ""


def test_what_is_done_each_day_waits_a_day_from_its_end():
    day = timedelta(days=1)
    with perform(every=day) as first:
        assert first is not None
    finished_at = Duty.objects.get().finished_at
    assert finished_at is not None

    with perform(finished_at + day - INSTANT, every=day) as early:
        assert early is None
    with perform(finished_at + day, every=day) as again:
        assert again is not None


def test_done_again_it_is_no_outage_any_more():
    Duty.objects.create(name="sweeping", told_at=NOW)

    with perform():
        pass

    assert Duty.objects.get().told_at is None
