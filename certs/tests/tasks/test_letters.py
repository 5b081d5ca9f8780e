import pytest
from django.utils import timezone

from certs.models import Letter, Notice
from certs.tasks import letters
from certs.tests.warned import make_notice

pytestmark = pytest.mark.django_db


def test_what_is_due_is_gathered_and_sent_and_a_second_message_does_nothing(
    mailoutbox,
):
    notice = make_notice(now=timezone.now())

    letters.deliver()
    letters.deliver()

    (mail,) = mailoutbox
    assert mail.to == [notice.recipient]
    assert Notice.objects.get().state == Notice.State.SENT
    assert Letter.objects.get().state == Letter.State.SENT


def test_the_schedule_calls_it_by_its_name(settings):
    entry = settings.CELERY_BEAT_SCHEDULE["letters"]

    assert entry["task"] == letters.deliver.name
    assert entry["options"]["expires"] <= entry["schedule"].total_seconds()
