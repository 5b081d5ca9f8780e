from datetime import timedelta

import pytest
from django.utils import timezone

from certs.models import Duty, Letter
from certs.tasks import reports
from certs.tests.factories import make_endpoint, make_user

pytestmark = pytest.mark.django_db


def test_the_report_is_written_once_a_week():
    make_endpoint()
    make_user("Administrator")

    for _ in range(3):
        reports.weekly()

    assert Letter.objects.count() == 1
    duty = Duty.objects.get(name="report")
    assert duty.numbers == {"letters": 1}
    assert duty.claim is None


def test_it_is_due_again_after_a_week():
    reports.weekly()
    make_endpoint()
    make_user("Administrator")
    week = timezone.now() - timedelta(days=7)
    Duty.objects.update(finished_at=week)

    reports.weekly()

    assert Letter.objects.count() == 1
