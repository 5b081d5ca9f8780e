import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from certs.models import Contact, Endpoint, Notice
from certs.tasks import warnings
from certs.tests.services.notices.rows import make_policy, make_warned

pytestmark = pytest.mark.django_db


def notify(*arguments):
    out = StringIO()
    call_command("notify", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def endpoint():
    contact = Contact.objects.create(email="ops@example.org")
    policy = make_policy("Always", steps="7d 2d", from_hour=0, until_hour=24)
    return make_warned(
        "www.example.org",
        days=5,
        now=timezone.now(),
        contacts=[contact],
        policy=policy,
    )


def test_a_dry_run_says_what_would_be_sent_to_whom_and_why(endpoint):
    shown = notify("--dry-run")

    head, line, total = shown.splitlines()
    assert head.startswith("DUE (UTC)")
    for part in (
        "www.example.org:443",
        "7d",
        "ops@example.org",
        "contact of this endpoint",
        "Always (chosen for this endpoint)",
    ):
        assert part in line
    assert total == "1 warnings to 1 recipients."
    assert not Notice.objects.exists()


def test_a_dry_run_of_some_hosts_up_to_a_day_as_json(endpoint):
    day = (timezone.now() + timedelta(days=6)).date().isoformat()

    lines = json.loads(
        notify("--dry-run", "--json", "--until", day, "www.example.org:443")
    )

    assert [line["step"] for line in lines][:3] == ["7d", "2d", "0d"]
    assert lines[0]["recipient"] == "ops@example.org"


def test_without_it_what_is_due_is_recorded_and_sent_once(endpoint, mailoutbox):
    assert notify() == "1 recorded, 1 sent, 0 failed.\n"
    assert json.loads(notify("--json")) == {"recorded": 0, "sent": 0, "failed": 0}

    assert Notice.objects.get().step == "7d"
    assert [mail.to for mail in mailoutbox] == [["ops@example.org"]]
    assert notify("--dry-run") == "Nothing would be sent.\n"


@pytest.mark.usefixtures("endpoint")
def test_a_mail_server_that_takes_nothing_is_an_exit_status(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    with pytest.raises(CommandError, match="are sent again"):
        notify()

    assert "7d" in notify("--dry-run")  # it waits


def test_the_task_records_too(endpoint):
    warnings.warn()
    warnings.warn()

    assert Notice.objects.count() == 1


def test_nothing_to_send_is_said():
    assert notify("--dry-run") == "Nothing would be sent.\n"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["www.example.org"], "for --dry-run"),
        (["--until", "2026-12-01"], "for --dry-run"),
        (["--dry-run", "--until", "soon"], "no date"),
        (["--dry-run", "--until", "2026-02-30"], "no date"),
        (["--dry-run", "other.example.org"], "not in the inventory"),
        (["--dry-run", "www.example.org:99999"], "99999"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_written(endpoint, arguments, problem):
    with pytest.raises(CommandError, match=problem) as caught:
        notify(*arguments)

    assert caught.value.returncode == 2
    assert not Notice.objects.exists()
    assert Endpoint.objects.count() == 1
