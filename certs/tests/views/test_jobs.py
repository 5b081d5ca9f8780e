"""The pages of long work: what they say, who may see and do what."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from certs.models import Job
from certs.services.work import exports, jobs, selection
from certs.tasks.jobs import run_job
from certs.tests.factories import make_endpoint, make_team, make_user
from certs.tests.services.work.counting import ask, finish

pytestmark = pytest.mark.django_db
LIST = reverse("certs:jobs")
ENDPOINTS = reverse("certs:endpoints")
CHECK = reverse("certs:endpoints-check")
EXPORT = reverse("certs:endpoints-export-job")


@pytest.fixture
def administrator(client):
    user = make_user("Administrator")
    client.force_login(user)
    return user


@pytest.fixture
def viewer(client):
    user = make_user("Viewer")
    client.force_login(user)
    return user


def job_of(user, *, kind=Job.Kind.CHECK, **fields):
    job = ask(kind, user=user, now=timezone.now())
    Job.objects.filter(pk=job.pk).update(**fields)
    return Job.objects.get(pk=job.pk)


def running(user, **fields):
    began = timezone.now() - timedelta(minutes=2)
    known = {"state": "running", "started_at": began, "total": 2000, "done": 500}
    return job_of(user, **{**known, **fields})


def page(client, job, **headers):
    return client.get(reverse("certs:job", args=[job.pk]), headers=headers)


def exported(user):
    job = job_of(user, kind=Job.Kind.EXPORT)
    finish(job, clock=timezone.now)
    return job


# --- the list ---


def test_no_jobs_say_so(client, viewer):
    assert "No jobs" in client.get(LIST).text


def test_everybody_sees_their_own_and_an_administrator_all(client, viewer):
    other = job_of(make_user("Viewer"))
    mine = job_of(viewer)

    rows = [job for job, _ in client.get(LIST).context["rows"]]
    client.force_login(make_user("Administrator"))
    all_rows = [job for job, _ in client.get(LIST).context["rows"]]

    assert rows == [mine]
    assert set(all_rows) == {mine, other}


@pytest.mark.parametrize("state", Job.State)
def test_the_list_shows_each_state(client, viewer, state):
    job_of(viewer, state=state, total=5, done=2, failed=1)

    assert f">{state.label}<" in client.get(LIST).text


def test_the_list_looks_again_only_while_something_goes_on(client, viewer):
    job = job_of(viewer)
    assert "every 5s" in client.get(LIST).text

    Job.objects.filter(pk=job.pk).update(state="done")
    assert "every 5s" not in client.get(LIST).text


def test_htmx_gets_the_rows_alone(client, viewer):
    job_of(viewer)

    part = client.get(LIST, headers={"HX-Request": "true"})

    assert "<html" not in part.text
    assert 'id="jobs"' in part.text
    assert "HX-Request" in part["Vary"]


def test_a_long_list_has_pages(client, viewer):
    for _ in range(26):
        job_of(viewer)

    assert len(client.get(LIST, {"page": 2}).context["rows"]) == 1


@pytest.mark.parametrize("rows", [1, 5])  # the same for both: no query for each row
def test_the_list_takes_the_same_queries_however_many_rows(
    client, administrator, django_assert_num_queries, rows
):
    for _ in range(rows):
        running(make_user("Viewer"))
    client.get(LIST)

    with django_assert_num_queries(6):
        client.get(LIST)


# --- the page of one ---


def test_a_waiting_job_says_what_it_waits_for(client, viewer):
    text = page(client, job_of(viewer)).text

    assert "as soon as a worker is free" in text
    assert "Cancel" in text
    assert "All endpoints" in text


def test_a_running_job_shows_how_far_how_fast_and_how_long_yet(client, viewer):
    text = page(client, running(viewer, failed=3)).text

    assert 'value="25"' in text
    assert "500 of 2,000" in text
    assert re.search(r"4\.[0-2] per second", text)  # less on a busy machine
    assert "about 6 min left" in text or "about 5 min left" in text
    assert "every 2s" in text


def test_a_job_that_is_done_is_not_looked_at_again(client, viewer):
    now = timezone.now()
    text = page(client, running(viewer, state="done", done=2000, ended_at=now)).text

    assert 'value="100"' in text
    assert "Took" in text
    assert "every 2s" not in text
    assert "Cancel" not in text


def test_a_failed_job_says_why(client, viewer):
    job = running(viewer, state="failed", messages=["There is <no> room."])

    text = page(client, job).text

    assert "Why it failed" in text
    assert "There is &lt;no&gt; room." in text


def test_what_failed_is_listed_and_how_much_of_it(client, viewer):
    job = running(viewer, messages=["www: Refused."] * Job.MESSAGES)

    assert "the first 100" in page(client, job).text


def test_htmx_gets_the_part_that_changes(client, viewer):
    part = page(client, running(viewer), HX_Request="true")

    assert "<html" not in part.text
    assert 'id="job"' in part.text


def test_the_job_of_another_is_not_there(client, viewer):
    assert page(client, job_of(make_user("Viewer"))).status_code == 404


def test_an_administrator_sees_every_job(client, administrator):
    job = job_of(make_user("Viewer"))

    assert str(job.user) in page(client, job).text


def test_a_job_of_the_server_names_nobody(client, administrator):
    job = job_of(administrator)
    Job.objects.update(user=None)

    assert "the server" in page(client, job).text
    assert "the server" in client.get(LIST).text


# --- cancelling ---


def cancel(client, job):
    url = reverse("certs:job-cancel", args=[job.pk])
    return client.post(url, follow=True)


def test_ones_own_job_can_be_cancelled(client, viewer):
    job = job_of(viewer)

    text = cancel(client, job).text

    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert "Cancelled" in text


def test_a_running_job_ends_after_its_step(client, viewer):
    job = running(viewer, claim=viewer.pk, claimed_until=timezone.now() + jobs.SOON)

    text = cancel(client, job).text

    job.refresh_from_db()
    assert (job.state, job.is_cancelled) == (Job.State.RUNNING, True)
    assert "ends when its current step is done" in text


def test_what_has_ended_is_not_cancelled(client, viewer):
    job = running(viewer, state="done")

    assert "had ended already" in cancel(client, job).text


def test_nobody_cancels_the_job_of_another_but_an_administrator(client, viewer):
    job = job_of(make_user("Viewer"))

    assert cancel(client, job).status_code == 404
    client.force_login(make_user("Administrator"))
    assert cancel(client, job).status_code == 200
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED


# --- files ---


def fetch(client, job):
    return client.get(reverse("certs:job-file", args=[job.pk]))


def test_who_asked_for_a_file_downloads_it(client, viewer):
    make_endpoint("www.example.org")
    job = exported(viewer)

    assert "Download" in page(client, job).text
    response = fetch(client, job)

    assert b"www.example.org" in b"".join(response.streaming_content)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment; filename=" in response["Content-Disposition"]


def test_nobody_else_downloads_it(client, viewer):
    job = exported(make_user("Viewer"))

    assert fetch(client, job).status_code == 404
    client.force_login(make_user("Administrator"))
    assert fetch(client, job).status_code == 404
    assert "Only who asked" in page(client, job).text


def test_a_file_that_was_deleted_is_said_to_be(client, viewer):
    job = exported(viewer)
    exports.path(job.pk).unlink()

    assert fetch(client, job).status_code == 404
    assert "The file was deleted" in page(client, job).text


# --- asking for them ---


def test_a_list_is_checked_as_it_is_shown(client, administrator):
    response = client.post(f"{CHECK}?environment=staging&tag=x&sort=host")

    job = Job.objects.get()
    assert response.url == reverse("certs:job", args=[job.pk])
    assert (job.kind, job.user) == (Job.Kind.CHECK, administrator)
    assert job.arguments == {"asked": {"environment": "staging", "tag": "x"}}
    assert "in staging, with the tag x" in page(client, job).text


def test_what_is_ticked_is_checked(client, administrator):
    chosen = [make_endpoint(), make_endpoint()]
    data = {"chosen": "yes", "endpoints": [*(row.pk for row in chosen), "nonsense"]}

    client.post(CHECK, data)

    keys = Job.objects.get().arguments["keys"]
    assert keys == sorted(str(row.pk) for row in chosen)
    assert "2 chosen endpoints" in page(client, Job.objects.get()).text


def test_nothing_ticked_is_said_and_the_list_kept(client, administrator):
    response = client.post(f"{CHECK}?tag=x", {"chosen": "yes"}, follow=True)

    assert "No endpoint is selected" in response.text
    assert response.redirect_chain[-1][0] == f"{ENDPOINTS}?tag=x"
    assert not Job.objects.exists()


def test_a_deep_check_is_asked_for_by_its_box(client, administrator):
    client.post(CHECK, {"deep": "yes"})

    assert Job.objects.get().kind == Job.Kind.DEEP_CHECK


def test_an_export_is_asked_for(client, viewer):
    client.post(f"{EXPORT}?q=www")

    job = Job.objects.get()
    assert (job.kind, job.arguments) == (Job.Kind.EXPORT, {"asked": {"q": "www"}})


def test_a_worker_is_told_once_the_job_is_written(
    client, administrator, django_capture_on_commit_callbacks, monkeypatch
):
    told = []
    monkeypatch.setattr(run_job, "apply_async", lambda keys, **_: told.extend(keys))

    with django_capture_on_commit_callbacks(execute=True):
        client.post(CHECK)

    assert told == [str(Job.objects.get().pk)]


def test_a_job_stands_though_no_worker_can_be_told(
    client, administrator, django_capture_on_commit_callbacks, monkeypatch
):
    def refuse(keys, **options):
        raise OperationalError("refused")

    monkeypatch.setattr(run_job, "apply_async", refuse)

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(CHECK)

    assert response.status_code == 302
    assert Job.objects.get().state == Job.State.QUEUED


def test_who_may_change_nothing_has_no_buttons(client, viewer):
    make_endpoint()

    assert CHECK not in client.get(ENDPOINTS).text
    assert client.post(CHECK).status_code == 403


def test_the_buttons_say_what_they_are_about(client, administrator):
    make_endpoint("www.example.org")
    make_endpoint()

    assert "Check all 2" in client.get(ENDPOINTS).text
    narrowed = client.get(ENDPOINTS, {"q": "www"}).text
    assert "Check these 1" in narrowed
    assert f"{CHECK}?q=www" in narrowed


def test_an_editor_is_told_whose_endpoints_are_checked(client):
    client.force_login(make_user("Editor", teams=[make_team()]))
    make_endpoint()

    assert "those of other teams" in client.get(ENDPOINTS).text


def test_every_filter_has_words():
    asked = dict.fromkeys(selection.TEXTS, "x")
    job = Job(arguments={"asked": {**asked, "week": "2026-11-16", "followed": "yes"}})

    words = selection.in_words(job)

    assert words.count(",") == len(selection.TEXTS) + 1
