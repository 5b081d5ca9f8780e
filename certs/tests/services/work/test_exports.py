"""Exports: a file that grows by batches and appears when it is whole."""

import csv
import os
from datetime import timedelta
from pathlib import Path

import pytest

from certs.models import Endpoint, Job
from certs.services import transfer
from certs.services.work import exports, jobs
from certs.services.work.exports import Exports
from certs.services.work.runner import Runner
from certs.tests.factories import NOW, make_checked, make_endpoint, make_user
from certs.tests.services.work.counting import Clock, ask, finish

pytestmark = pytest.mark.django_db
RUNNERS: dict[str, Runner] = {Job.Kind.EXPORT: Exports(size=2)}


@pytest.fixture
def five():
    return [make_checked(f"{name}.example.org") for name in "abcde"]


def export(**asked):
    return ask(Job.Kind.EXPORT, **asked)


def rows(job):
    with exports.path(job.pk).open(newline="") as file:
        return list(csv.DictReader(file))


def names():
    return sorted(file.name for file in exports.path(Job().pk).parent.iterdir())


def test_an_export_is_what_the_page_would_give(five):
    job = export()

    finish(job, runners=RUNNERS)

    lines = transfer.csv_lines(Endpoint.objects.order_by("pk"), now=NOW)
    with exports.path(job.pk).open(newline="") as file:
        assert file.read() == "".join(lines)
    assert (job.total, job.done) == (5, 5)
    assert job.result == f"{job.pk}.csv"


def test_the_file_appears_when_it_is_whole_and_for_its_owner_alone(five):
    job = export()
    steps = jobs.work(job.pk, clock=Clock(), runners=RUNNERS)

    next(steps)
    assert names() == [f"{job.pk}.csv.part"]
    list(steps)

    assert names() == [f"{job.pk}.csv"]
    assert exports.path(job.pk).stat().st_mode & 0o777 == 0o600
    assert exports.path(job.pk).parent.stat().st_mode & 0o777 == 0o700


def test_what_a_killed_worker_wrote_beyond_its_step_is_cut_off(five):
    job = export()
    steps = jobs.work(job.pk, clock=Clock(), runners=RUNNERS)
    next(steps)
    steps.close()
    draft = exports.path(job.pk).with_suffix(".csv.part")
    with draft.open("a") as file:
        file.write("half a line, and wrong")

    finish(job, runners=RUNNERS)

    assert [row["host"] for row in rows(job)] == [row.host for row in five]


def test_a_list_and_a_selection_are_exported_as_they_were_asked_for(five):
    make_endpoint("staging.example.org", environment="staging")
    listed, chosen = export(environment="staging"), export(keys=[five[2].pk])

    finish(listed, runners=RUNNERS)
    finish(chosen, runners=RUNNERS)

    assert [row["host"] for row in rows(listed)] == ["staging.example.org"]
    assert [row["host"] for row in rows(chosen)] == ["c.example.org"]


def test_an_export_of_nothing_has_a_heading():
    job = export()

    finish(job, runners=RUNNERS)

    assert exports.path(job.pk).read_text().startswith("host,port,")
    assert rows(job) == []


def test_a_file_that_is_on_another_machine_ends_the_job_with_a_reason(five):
    job = export()
    steps = jobs.work(job.pk, clock=Clock(), runners=RUNNERS)
    next(steps)
    steps.close()
    exports.forget(job.pk)

    finish(job, runners=RUNNERS)

    assert job.state == Job.State.FAILED
    assert "EXPORT_DIR" in job.messages[0]


def test_a_cancelled_export_leaves_no_file(five):
    job = export()
    steps = jobs.work(job.pk, clock=Clock(), runners=RUNNERS)
    next(steps)
    steps.close()

    jobs.cancel(job, now=NOW)

    assert names() == []


def test_who_may_not_see_endpoints_any_more_gets_none(five):
    user = make_user("Viewer")
    job = export(user=user)
    user.groups.clear()

    finish(job, runners=RUNNERS)

    assert job.state == Job.State.FAILED
    assert not exports.path(job.pk).exists()


def test_files_are_deleted_after_a_week_and_no_others(five):
    old, new = export(), export()
    for job in (old, new):
        finish(job, runners=RUNNERS)
    other = exports.path(old.pk).with_name("somebody-elses.csv")
    other.touch()
    week_ago = (NOW - timedelta(days=7, seconds=1)).timestamp()
    os.utime(exports.path(old.pk), (week_ago, week_ago))
    os.utime(exports.path(new.pk), (week_ago + 1, week_ago + 1))
    os.utime(other, (week_ago, week_ago))

    assert exports.prune(now=NOW) == 1
    assert names() == sorted([f"{new.pk}.csv", other.name])


def test_nothing_is_deleted_where_there_is_no_folder(settings):
    settings.EXPORT_DIR = Path("/nonexistent")

    assert exports.prune(now=NOW) == 0
