"""Imports: rows of a file that are written by batches, each endpoint once."""

import csv
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Change
from certs.models import Contact, Endpoint, Job, Tag
from certs.services import inventory, transfer
from certs.services.intake import judging, kept
from certs.services.work import exports, imports, jobs, selection
from certs.services.work.imports import Imports
from certs.services.work.runner import Runner
from certs.tests.factories import NOW, make_checked, make_endpoint, make_team, make_user
from certs.tests.services.intake.files import ask, uploaded
from certs.tests.services.work.counting import Clock, KilledError, finish

pytestmark = pytest.mark.django_db
QUERIES = 40  # of 200 new rows; SQLite takes some twenty in one statement
RUNNERS: dict[str, Runner] = {Job.Kind.IMPORT: Imports(size=2)}


def hosts():
    return list(Endpoint.objects.order_by("host").values_list("host", flat=True))


def exported():
    rows = Endpoint.objects.order_by("host", "port")
    return "".join(transfer.csv_lines(rows, now=NOW))


def files():
    return list(Path(settings.EXPORT_DIR).glob("*"))


def test_rows_become_endpoints_that_are_due_to_be_checked():
    team = make_team("Web")
    job = ask(
        "host,team,contacts,tags,environment,notes",
        "a.example.org:8443,web,ann@example.org,x y,staging,Mine",
        "b.example.org,,,,,",
        "c.example.org,,,,,",
        user=make_user("Administrator"),
    )

    shown = finish(job, runners=RUNNERS)

    assert shown == [(2, "running"), (3, "done")]
    assert (job.total, job.done, job.failed, job.messages) == (3, 3, 0, [])
    assert hosts() == ["a.example.org", "b.example.org", "c.example.org"]
    first = Endpoint.objects.get(port=8443)
    assert (first.team, first.environment, first.notes) == (team, "staging", "Mine")
    assert [contact.team for contact in first.contacts.all()] == [team]
    assert set(first.tags.values_list("name", flat=True)) == {"x", "y"}
    assert first.next_check_at <= first.created_at + timedelta(seconds=5)
    assert first.status == "unknown"
    assert files() == []


def test_what_was_exported_can_be_imported_again():
    make_checked("a.example.org", notes="=1+1\nTwo", contacts=["ann@example.org"])
    make_endpoint("mail.example.org", port=25, starttls="", tags=["x", "y"])
    make_endpoint("db.example.org", port=5432, starttls="postgres", team=make_team())
    make_endpoint("2001:db8::1", server_name="xn--mller-kva.example")
    make_endpoint("b.example.org", environment="development")
    before = exported()
    inventory.delete_endpoints(Endpoint.objects.all())
    for model in (Contact, Tag):
        model.objects.all().delete()

    finish(ask(*before.splitlines(), user=make_user("Administrator")))

    kept_columns = set(imports_columns())
    assert [_only(row, kept_columns) for row in _rows(exported())] == [
        _only(row, kept_columns) for row in _rows(before)
    ]


def imports_columns():
    return kept.heading(uploaded(",".join(transfer.COLUMNS), "a.example.org")).columns


def _rows(text):
    return list(csv.DictReader(StringIO(text)))


def _only(row, columns):
    return {name: cell for name, cell in row.items() if name in columns}


def test_wrong_rows_are_told_and_the_others_written():
    job = ask("host,port", "a,443", "*,1", "b,x", "a,", user=make_user("Administrator"))

    finish(job, runners=RUNNERS)

    assert (job.state, job.done, job.failed) == ("done", 4, 3)
    assert job.messages == [
        "Line 3: host: A wildcard is no host; give one host that the certificate "
        "covers.",
        "Line 4: port: Enter a whole number.",
        "Line 5: The same endpoint is in line 2 already.",
    ]
    assert hosts() == ["a"]


def test_the_queries_of_a_step_do_not_grow_with_each_row():
    make_team("Web")
    user = make_user("Administrator")
    rows = (f"h{number},web,ann@example.org,x" for number in range(200))
    key = ask("host,team,contacts,tags", *rows, user=user).pk

    with CaptureQueriesContext(connection) as asked:
        job = Job.objects.select_related("user").get(pk=key)
        part = Imports(size=200).step(job, now=NOW)

    # The log is sealed after a commit, which on MongoDB happens in tests, too.
    ours = [each for each in asked if "accounts_change" not in each["sql"]]
    assert len(ours) <= QUERIES
    assert (part.done, part.failed) == (200, 0)


@pytest.mark.slow
def test_two_thousand_rows_are_each_there_once_after_many_a_stop():
    user = make_user("Administrator")
    lines = [f"host{number}.example.org,x" for number in range(2000)]
    job = ask("host,tags", *lines, user=user)

    ended = None
    while ended is None:
        steps = jobs.work(job.pk, clock=Clock())
        for _ in range(3):
            ended = next(steps, job).ended_at or ended
        steps.close()
        job.refresh_from_db()

    assert (job.state, job.done, job.failed) == ("done", 2000, 0)
    assert imports.tally(job) == imports.Tally(added=2000)
    assert Endpoint.objects.count() == 2000


def test_a_step_that_was_killed_is_done_again_without_harm(monkeypatch):
    make_endpoint("d", notes="mine", created_at=NOW - timedelta(days=1))
    user = make_user("Administrator")
    job = ask("host,notes", "a,", "b,", "c,", "d,x", user=user, update=True)

    def die(*_, **__):
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(inventory, "save_endpoint", die)  # the new ones are written
        with pytest.raises(KilledError):
            list(jobs.work(job.pk, clock=Clock()))
    assert hosts() == ["a", "b", "c", "d"]
    clock = Clock()
    clock.forward(hours=1)
    finish(job, clock=clock)

    assert hosts() == ["a", "b", "c", "d"]
    assert (job.done, job.failed, job.messages) == (4, 0, [])
    assert imports.tally(job) == imports.Tally(added=3, changed=1)


def test_who_asked_is_in_the_change_log():
    user = make_user("Administrator")

    finish(ask("host", "a.example.org", user=user))

    (entry,) = Change.objects.filter(object_text="a.example.org:443")
    assert (entry.actor, entry.channel) == (user.pk, "import")
    assert user.username in entry.actor_name


def test_an_update_is_logged_with_what_it_changed():
    endpoint = make_endpoint("a.example.org", notes="old", tags=["x"])
    user = make_user("Administrator")
    job = ask("host,notes,tags", "a.example.org,new,", user=user, update=True)

    finish(job)

    endpoint.refresh_from_db()
    assert endpoint.notes == "new"
    assert [tag.name for tag in endpoint.tags.all()] == ["x"]
    (entry,) = Change.objects.filter(object_key=str(endpoint.pk))
    assert entry.changes == {"notes": ["old", "new"]}
    assert imports.tally(job) == imports.Tally(changed=1)


def test_what_is_there_is_left_and_counted():
    make_endpoint("a.example.org", notes="mine", created_at=NOW - timedelta(days=1))
    job = ask("host,notes", "a.example.org,x", user=make_user("Administrator"))

    finish(job)

    assert Endpoint.objects.get().notes == "mine"
    assert (job.done, job.failed) == (1, 0)
    found = imports.tally(job)
    assert found
    assert found.words == "0 added, 0 updated, 1 left as they are"


def test_rights_are_asked_again_for_each_batch():
    team = make_team()
    user = make_user("Editor", teams=[team])
    job = ask("host", "a", "b", "c", "d", user=user, team=team)
    steps = jobs.work(job.pk, clock=Clock(), runners=RUNNERS)
    next(steps)
    steps.close()
    user.teams.clear()

    finish(job, runners=RUNNERS)

    assert hosts() == ["a", "b"]
    assert job.failed == 2
    assert "You are not in the team" in job.messages[0]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"is_active": False}, "deactivated"),
        ({}, "may not add endpoints"),
    ],
)
def test_who_may_not_any_more_imports_nothing(fields, why):
    user = make_user("Viewer", **fields)
    job = ask("host", "a", user=user)

    finish(job)

    assert job.state == Job.State.FAILED
    assert why in job.messages[0]
    assert hosts() == files() == []


def test_who_has_the_server_may_do_anything():
    job = ask("host", "a.example.org")

    finish(job)

    assert (job.state, hosts()) == ("done", ["a.example.org"])


def test_cancelling_deletes_the_file():
    job = ask("host", "a", "b", "c", user=make_user("Administrator"))
    steps = jobs.work(job.pk, clock=Clock(), runners=RUNNERS)
    next(steps)

    jobs.cancel(job, now=NOW)
    list(steps)
    waiting = ask("host", "d", user=job.user)
    jobs.cancel(waiting, now=NOW + timedelta(hours=1))

    job.refresh_from_db()
    assert (job.state, hosts()) == ("cancelled", ["a", "b"])
    assert files() == []


def test_a_file_that_is_gone_fails_the_job_with_a_reason():
    job = ask("host", "a", user=make_user("Administrator"))
    files()[0].unlink()

    finish(job)

    assert (job.state, job.messages) == ("failed", [imports.GONE])


def test_a_file_that_goes_between_two_steps_does_so_too():
    job = ask("host", "a", "b", "c", user=make_user("Administrator"))
    steps = jobs.work(job.pk, clock=Clock(), runners=RUNNERS)
    next(steps)
    steps.close()
    files()[0].unlink()

    finish(job, runners=RUNNERS)

    assert (job.state, job.messages, job.done) == ("failed", [imports.GONE], 2)


@pytest.mark.django_db(transaction=True)  # MongoDB ends a block that an error was in
def test_what_comes_or_goes_meanwhile_is_an_error_of_its_row(monkeypatch):
    make_endpoint("b.example.org")
    user = make_user("Administrator")
    job = ask(
        "host,notes", "a.example.org,x", "b.example.org,x", user=user, update=True
    )
    judge = judging.judge

    def judge_then_change(rows, wishes):
        verdicts = judge(rows, wishes)
        Endpoint.objects.all().delete()
        make_endpoint("a.example.org")
        return verdicts

    monkeypatch.setattr(judging, "judge", judge_then_change)
    finish(job)

    assert job.failed == 2
    assert job.messages == [
        "Line 2: It was added by somebody else meanwhile.",
        "Line 3: It was deleted meanwhile.",
    ]


def test_uploads_that_nobody_imported_are_deleted_after_a_week():
    uploaded("host", "a")
    (file,) = files()
    written = file.stat().st_mtime

    young = exports.prune(now=_moment(written + 6 * 86_400))
    old = exports.prune(now=_moment(written + 8 * 86_400))

    assert (young, old, files()) == (0, 1, [])


def _moment(seconds):
    return NOW.fromtimestamp(seconds, tz=NOW.tzinfo)


def test_a_job_says_which_file_it_is_about():
    job = ask("host", "a", update=True)

    assert selection.in_words(job) == (
        "Of the file “hosts.csv”; those there already are updated"
    )
