from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from certs.models import Duty, Job, Letter, Observation
from certs.tasks import upkeep
from certs.tests.factories import make_endpoint

pytestmark = pytest.mark.django_db


def make_run(endpoint, *, days):
    moment = timezone.now() - timedelta(days=days)
    return Observation.objects.create(
        endpoint=endpoint, first_seen_at=moment, last_seen_at=moment, is_latest=False
    )


def test_what_is_old_is_deleted_once_a_day():
    endpoint = make_endpoint()
    kept = make_run(endpoint, days=399)
    make_run(endpoint, days=401)
    over = timezone.now() - timedelta(days=1)
    Session.objects.create(session_key="old", session_data="", expire_date=over)

    upkeep.retain()

    assert Observation.objects.get() == kept
    assert not Session.objects.exists()
    duty = Duty.objects.get()
    assert duty.numbers["runs of observations"] == 1

    make_run(endpoint, days=401)
    upkeep.retain()
    assert Observation.objects.count() == 2  # it was done today

    Duty.objects.update(finished_at=timezone.now() - timedelta(days=1))
    upkeep.retain()
    assert Observation.objects.count() == 1


def test_old_jobs_and_letters_go_those_that_wait_stay():
    now = timezone.now()
    old = now - timedelta(days=800)
    for state in ("queued", "done"):
        Job.objects.create(
            kind="check", state=state, claimed_until=old, created_at=old, ended_at=old
        )
    for state in ("waiting", "sent"):
        Letter.objects.create(kind="digest", state=state, created_at=old, due_at=old)

    upkeep.retain()

    assert Job.objects.get().state == "queued"
    assert Letter.objects.get().state == "waiting"
