"""`manage.py job`."""

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Change
from certs.management import following
from certs.models import Endpoint, Job
from certs.services.work import exports, jobs
from certs.services.work.checks import Checks
from certs.tasks.jobs import run_job
from certs.tests.factories import make_endpoint, make_team, make_user
from certs.tests.services.work.counting import Probe, ask

pytestmark = pytest.mark.django_db


def job(*arguments):
    """Output and exit status of `manage.py job`."""
    out = StringIO()
    try:
        call_command("job", *arguments, stdout=out, stderr=StringIO())
    except SystemExit as end:
        return out.getvalue(), end.code
    return out.getvalue(), 0


@pytest.fixture
def probe(monkeypatch):
    probe = Probe(down=["b.example.org"])
    monkeypatch.setitem(jobs.RUNNERS, Job.Kind.CHECK, Checks(probe=probe, size=1))
    return probe


@pytest.fixture
def told(monkeypatch):
    keys: list[str] = []
    monkeypatch.setattr(run_job, "apply_async", lambda key, **_: keys.extend(key))
    return keys


def test_a_job_is_started_and_a_worker_told(told):
    text, status = job("start", "check")

    started = Job.objects.get()
    assert (text, status) == (f"{started.pk}\n", 0)
    assert told == [str(started.pk)]
    assert (started.kind, started.user) == (Job.Kind.CHECK, None)


def test_a_job_is_done_in_this_process(probe, told):
    make_endpoint("a.example.org")

    text, status = job("start", "check", "--here")

    assert status == 0
    assert "1 of 1 done, 0 failed" in text
    assert (probe.asked, told) == (["a.example.org"], [])


def test_what_failed_is_told_and_is_an_exit_status(probe):
    make_endpoint("b.example.org")

    text, status = job("start", "check", "--here")

    assert status == 1
    assert "b.example.org:443: Refused." in text


def test_team_and_tag_narrow_it(probe):
    web = make_team("Web")
    make_endpoint("a.example.org", team=web, tags=["x"])
    make_endpoint("c.example.org", team=web)
    make_endpoint("d.example.org", tags=["x"])

    job("start", "check", "--team", web.slug, "--tag", "x", "--here")

    assert probe.asked == ["a.example.org"]


def test_an_export_says_where_the_file_is():
    make_endpoint("a.example.org")

    text, status = job("start", "export", "--here")

    assert status == 0
    assert str(exports.path(Job.objects.get().pk)) in text


def test_what_is_waited_for_is_done_by_a_worker(probe, told, monkeypatch):
    make_endpoint("a.example.org")
    monkeypatch.setattr(following, "sleep", lambda _: run_job(told[0]))

    text, status = job("start", "check", "--wait")

    assert status == 0
    assert "Done" in text


def test_who_waits_for_a_worker_that_is_not_there_is_told(
    told, probe, monkeypatch, capsys
):
    looks = []

    def sleep(_):
        looks.append(1)
        if len(looks) > following.PATIENCE:
            jobs.cancel(Job.objects.get(), now=timezone.now())

    monkeypatch.setattr(following, "sleep", sleep)

    _, status = job("start", "check", "--wait")

    assert status == 1
    assert capsys.readouterr().err.count(following.NOBODY) == 1


def test_a_job_that_has_ended_can_be_followed(probe):
    started = ask(now=timezone.now())
    list(jobs.work(started.pk, clock=timezone.now))

    assert job("follow", str(started.pk))[1] == 0


def test_ctrl_c_leaves_the_job_to_others(probe, monkeypatch):
    for name in "ac":
        make_endpoint(f"{name}.example.org")
    monkeypatch.setitem(jobs.RUNNERS, Job.Kind.CHECK, Interrupted())
    with pytest.raises(KeyboardInterrupt):
        job("start", "check", "--here")

    left = Job.objects.get()
    assert (left.state, left.claim) == (Job.State.RUNNING, None)


class Interrupted(Checks):
    def step(self, job, *, now):
        raise KeyboardInterrupt


def test_jobs_are_listed_newest_first():
    mine, other = ask(user=make_user("Viewer")), ask(now=timezone.now())

    lines = job("list")[0].splitlines()

    assert [line.split()[0] for line in lines] == [str(other.pk), str(mine.pk)]


def test_a_job_is_shown(probe):
    make_endpoint("b.example.org")
    started = ask(now=timezone.now(), environment="production")
    list(jobs.work(started.pk, clock=timezone.now))

    text, _ = job("show", str(started.pk))

    assert "Endpoints in production" in text
    assert "took 0 s" in text
    assert "Refused." in text


def test_a_running_job_shows_how_long_yet():
    started = ask()
    began = timezone.now() - timedelta(minutes=2)
    Job.objects.update(state="running", total=100, done=50, started_at=began)

    text, _ = job("show", str(started.pk))

    assert "50 of 100 done" in text
    assert "left" in text


def test_messages_cannot_steer_the_terminal():
    started = ask()
    Job.objects.update(messages=["\x1b[31mred"])

    assert "\x1b" not in job("show", str(started.pk))[0]


def test_a_job_is_cancelled_once():
    started = ask()

    assert "ends as soon" in job("cancel", str(started.pk))[0]
    with pytest.raises(CommandError, match="had ended") as caught:
        job("cancel", str(started.pk))
    assert caught.value.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", str(uuid4())], "no such job"),
        (["start", "check", "--team", "nobody"], "no team 'nobody'"),
        (["start", "check", "--tag", "nothing"], "no tag 'nothing'"),
    ],
)
def test_a_usage_error_says_what_is_wrong_and_exits_with_2(arguments, message):
    with pytest.raises(CommandError, match=message) as caught:
        job(*arguments)

    assert caught.value.returncode == 2


# --- import ---


@pytest.fixture
def hosts(tmp_path):
    path = tmp_path / "hosts.csv"
    path.write_text("host;team;colour\na.example.org;Web;red\n*;;\n")
    make_team("Web")
    return str(path)


def left():
    return [path.name for path in exports.path(uuid4()).parent.glob("*")]


def test_a_file_is_imported_in_this_process(hosts, told):
    text, status = job("import", hosts, "--here")

    assert status == 1
    assert "2 of 2 done, 1 failed" in text
    assert "1 added, 0 updated, 0 left as they are" in text
    assert "Line 3: host: A wildcard is no host" in text
    assert str(Endpoint.objects.get().team) == "Web"
    (entry,) = Change.objects.filter(object_text="a.example.org:443")
    assert (entry.channel, entry.actor) == ("import", None)


def test_a_file_is_given_to_a_worker(hosts, told):
    text, status = job("import", hosts)

    started = Job.objects.get()
    assert (text, status, told) == (f"{started.pk}\n", 0, [str(started.pk)])
    assert (started.kind, started.user) == (Job.Kind.IMPORT, None)
    assert job("show", str(started.pk))[0].splitlines()[1] == (
        "Of the file “hosts.csv”; those there already are left as they are"
    )


def test_a_dry_run_says_what_would_become_of_it_and_writes_nothing(hosts, told):
    text, status = job("import", hosts, "--dry-run")

    assert status == 1
    assert text.splitlines()[:3] == [
        "columns: host, team",
        "ignored: colour",
        "1 new, 0 to update, 0 left as they are, 1 wrong",
    ]
    assert "Line 3: host: A wildcard" in text
    assert not Endpoint.objects.exists()
    assert not Job.objects.exists()
    assert left() == []


def test_a_dry_run_of_a_sound_file_ends_with_0(tmp_path):
    make_endpoint("a.example.org")
    path = tmp_path / "hosts.csv"
    path.write_text("host,notes\na.example.org,x\nb.example.org,x\n")

    text, status = job("import", str(path), "--dry-run", "--update")

    assert (text.splitlines()[1], status) == (
        "1 new, 1 to update, 0 left as they are, 0 wrong",
        0,
    )


def test_rows_without_a_team_get_the_one_named(tmp_path, told):
    path = tmp_path / "hosts.csv"
    path.write_text("host\na.example.org\n")
    team = make_team("Web")

    job("import", str(path), "--team", "web", "--here")

    assert Endpoint.objects.get().team == team


@pytest.mark.parametrize("arguments", [[], ["--dry-run"]])
@pytest.mark.parametrize("content", [None, "port\n1\n", 'host\n"a\n'])
def test_a_file_that_cannot_be_read_is_a_usage_error(tmp_path, content, arguments):
    path = tmp_path / "hosts.csv"
    if content is not None:
        path.write_text(content)

    with pytest.raises(CommandError) as caught:
        job("import", str(path), *arguments)

    assert caught.value.returncode == 2
    assert str(path) in str(caught.value)
    assert left() == []
