from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

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
    assert prune("--days", "25", "--batch", "2") == "3 runs of observations deleted.\n"

    assert Observation.objects.count() == 2


def test_a_dry_run_only_counts(history):
    text = prune("--days", "25", "--dry-run")

    assert text == "3 runs of observations would be deleted.\n"
    assert Observation.objects.count() == 5


def test_without_days_400_are_kept(history):
    assert prune() == "0 runs of observations deleted.\n"


@pytest.mark.parametrize("days", ["0", "-1", "soon"])
def test_days_must_be_a_positive_number(days):
    with pytest.raises(CommandError, match="whole number"):
        prune(f"--days={days}")
