"""Jobs in the admin: looked at and ended, never edited."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from certs.models import Job
from certs.tests.factories import make_user
from certs.tests.services.work.counting import ask

pytestmark = pytest.mark.django_db
LIST = reverse("admin:certs_job_changelist")


@pytest.fixture
def editor(client):
    user = make_user("Editor")
    client.force_login(user)
    return user


@pytest.fixture
def administrator(client):
    user = make_user("Administrator")
    client.force_login(user)
    return user


def running(user):
    job = ask(user=user, now=timezone.now())
    began = timezone.now() - timedelta(minutes=2)
    Job.objects.filter(pk=job.pk).update(
        state="running", started_at=began, total=2000, done=500, messages=["No <b>"]
    )
    return job


def shown(client):
    return list(client.get(LIST).context["cl"].result_list)


def test_a_job_has_a_bar_in_the_list_and_on_its_screen(client, administrator):
    job = running(administrator)

    screen = client.get(reverse("admin:certs_job_change", args=[job.pk])).text

    assert 'value="25"' in client.get(LIST).text
    assert 'value="25"' in screen
    assert re.search(r"4\.[0-2] per second", screen)  # less on a busy machine
    assert "No &lt;b&gt;" in screen
    assert "All endpoints" in screen


def test_an_editor_sees_their_own_and_an_administrator_all(client, editor):
    mine, other = running(editor), running(make_user("Viewer"))

    assert shown(client) == [mine]
    client.force_login(make_user("Administrator"))
    assert set(shown(client)) == {mine, other}


def test_nobody_adds_or_deletes_one(client, administrator):
    assert client.get(reverse("admin:certs_job_add")).status_code == 403
    assert "delete_selected" not in client.get(LIST).text


def test_selected_jobs_are_cancelled_but_not_those_of_others(client, editor):
    mine, other = running(editor), running(make_user("Viewer"))
    keys = [str(mine.pk), str(other.pk)]

    response = client.post(
        LIST, {"action": "cancel", "_selected_action": keys}, follow=True
    )

    assert "1 job is ended" in response.text
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.state, other.state) == (Job.State.CANCELLED, Job.State.RUNNING)


@pytest.mark.parametrize("rows", [1, 5])  # the same for both: no query for each row
def test_the_list_takes_the_same_queries_however_many_rows(
    client, administrator, django_assert_num_queries, rows
):
    for _ in range(rows):
        running(make_user("Viewer"))
    client.get(LIST)

    with django_assert_num_queries(6):
        client.get(LIST)
