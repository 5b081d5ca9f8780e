import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from certs.models import Duty, Endpoint, Worker
from certs.services.work import queue, rota
from certs.tests.factories import make_endpoint

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _queue(monkeypatch):
    monkeypatch.setattr(queue, "waiting", lambda: 7)


def status(*arguments):
    """What it prints, and its exit status."""
    out = StringIO()
    try:
        call_command("work_status", *arguments, stdout=out)
    except SystemExit as end:
        return out.getvalue(), end.code
    return out.getvalue(), 0


def make_duties(finished_at):
    for name in rota.EVERY:
        Duty.objects.create(name=name, finished_at=finished_at, since=finished_at)


def test_all_is_well_where_all_duties_are_done():
    now = timezone.now()
    make_duties(now)
    Duty.objects.filter(name="checks").update(numbers={"checked": 12})
    Worker.objects.create(
        name="worker@here:1", kind="worker", started_at=now, seen_at=now
    )
    endpoint = make_endpoint()
    Endpoint.objects.filter(pk=endpoint.pk).update(
        next_check_at=now - timedelta(minutes=5)
    )

    text, code = status()

    assert code == 0
    lines = {line[:16].strip(): line[17:] for line in text.splitlines()}
    assert lines["Checks"].endswith("ago; checked 12")
    assert lines["Worker"].startswith("worker@here:1, heard of")
    assert lines["Queue"] == "7 messages"
    assert lines["Due checks"].startswith("1, the first for 0:05:0")
    assert lines["Due jobs"] == "none"


def test_what_is_late_is_said_and_the_exit_status_tells():
    make_duties(timezone.now() - timedelta(hours=1))
    Duty.objects.filter(name="letters").update(error="OSError: no way out")

    text, code = status()

    assert code == 1
    assert "Checks: not done since" in text
    assert "No worker has been heard of." in text
    assert "failed: OSError: no way out" in text


def test_a_script_reads_the_same_as_json(monkeypatch):
    monkeypatch.setattr(queue, "waiting", lambda: None)
    make_duties(timezone.now() - timedelta(hours=1))
    make_endpoint()

    text, code = status("--json")

    facts = json.loads(text)
    assert (code, facts["well"], facts["messages"]) == (1, False, None)
    assert {duty["name"] for duty in facts["duties"]} == set(rota.EVERY)
    assert facts["due"]["checks"]["number"] == 1
    assert "does not answer" in status()[0]


def test_with_mail_admins_are_told_once(settings, mailoutbox):
    settings.ADMINS = [("Ann", "ann@example.org")]
    make_duties(timezone.now() - timedelta(hours=1))

    status()
    assert not mailoutbox
    status("--mail")
    status("--mail")

    assert len(mailoutbox) == 1
