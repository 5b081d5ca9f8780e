from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Change
from accounts.models.sealing import seal
from certs.models import Observation
from certs.tests.factories import make_endpoint

pytestmark = pytest.mark.django_db


def prune(*arguments):
    out = StringIO()
    call_command("prune", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def history():
    """Closed runs of 10, 20, … 50 days ago."""
    endpoint, now = make_endpoint(), timezone.now()
    for days in range(10, 60, 10):
        moment = now - timedelta(days=days)
        endpoint.observations.create(
            first_seen_at=moment, last_seen_at=moment, is_latest=False
        )


def test_what_is_older_than_the_days_given_is_deleted_and_counted(history):
    text = prune("--days", "25", "--batch", "2")

    assert text.splitlines()[0] == "3 runs of observations deleted."

    assert Observation.objects.count() == 2


def test_a_dry_run_only_counts(history):
    text = prune("--days", "25", "--dry-run")

    assert text.splitlines() == [
        "3 runs of observations would be deleted.",
        "0 warnings would be deleted.",
        "0 letters would be deleted.",
        "0 jobs would be deleted.",
        "0 entries of the change log would be deleted.",
    ]
    assert Observation.objects.count() == 5


def test_without_days_400_are_kept(history):
    assert prune().splitlines() == [
        "0 runs of observations deleted.",
        "0 warnings deleted.",
        "0 letters deleted.",
        "0 jobs deleted.",
        "0 entries of the change log deleted.",
    ]


@pytest.mark.usefixtures("noticed")
def test_the_change_log_is_kept_for_the_days_of_its_setting(history, settings):
    settings.CHANGELOG_DAYS = 30
    Change.objects.update(at=timezone.now() - timedelta(days=31))
    seal()
    before = Change.objects.count()

    text = prune("--days", "999")

    assert text.splitlines()[-1] == f"{before} entries of the change log deleted."
    assert [entry.action for entry in Change.objects.all()] == ["prune"]


@pytest.mark.parametrize("days", ["0", "-1", "soon"])
def test_days_must_be_a_positive_number(days):
    with pytest.raises(CommandError, match="whole number"):
        prune(f"--days={days}")
