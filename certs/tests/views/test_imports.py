"""The pages of an import: a file is chosen, looked at, confirmed."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from certs.models import Endpoint, Job
from certs.services.intake import preview
from certs.tasks.jobs import run_job
from certs.tests.factories import make_endpoint, make_team, make_user
from certs.tests.services.work.counting import finish

pytestmark = pytest.mark.django_db
FORM = reverse("certs:import")
PREVIEW = reverse("certs:import-preview")


@pytest.fixture
def web():
    return make_team("Web")


@pytest.fixture
def editor(client, web):
    user = make_user("Editor", teams=[web])
    client.force_login(user)
    return user


@pytest.fixture(autouse=True)
def told(monkeypatch):
    keys: list[str] = []
    monkeypatch.setattr(run_job, "apply_async", lambda key, **_: keys.extend(key))
    return keys


def send(client, *lines, name="hosts.csv", **fields):
    file = SimpleUploadedFile(name, "\n".join(lines).encode())
    return client.post(FORM, {"file": file, "existing": "leave", **fields})


def confirm(client, **fields):
    shown = client.get(PREVIEW).context
    data = {"upload": shown["asked"]["upload"]} if shown else {}
    return client.post(PREVIEW, {**data, **fields})


def files():
    return list(Path(settings.EXPORT_DIR).glob("*"))


def test_the_form_names_the_columns_and_one_s_only_team(client, editor, web):
    page = client.get(FORM)

    assert "server_name" in page.text
    assert page.context["form"]["team"].initial == web
    assert "each row must name one" in page.text


def test_a_file_is_previewed_and_nothing_written(client, editor):
    make_endpoint("old.example.org")

    sent = send(
        client,
        "host,team,status,colour",
        "a.example.org,Web,ok,red",
        "b.example.org,Moon,,",
        "old.example.org,Web,,",
    )
    page = client.get(sent.url)

    assert sent.url == PREVIEW
    found = page.context["preview"]
    assert (found.new, found.changed, found.left, found.wrong) == (1, 0, 1, 1)
    assert found.heading.ignored == ("status", "colour")
    assert "Line 3: team: There is no team “Moon”." in page.text
    assert "Import 1 endpoint<" in page.text
    assert Endpoint.objects.count() == 1


def test_what_is_confirmed_is_done_by_a_job(
    client, editor, web, told, django_capture_on_commit_callbacks
):
    send(client, "host", "a.example.org", team=web.pk)

    with django_capture_on_commit_callbacks(execute=True):
        answer = confirm(client)

    job = Job.objects.get()
    assert answer.url == reverse("certs:job", args=[job.pk])
    assert (job.kind, job.user, told) == (Job.Kind.IMPORT, editor, [str(job.pk)])
    finish(job, clock=timezone.now)
    assert Endpoint.objects.get().team == web
    page = client.get(answer.url).text
    assert "1 added, 0 updated, 0 left as they are" in page
    assert "Of the file “hosts.csv”" in page


def test_it_is_confirmed_once(client, editor, web):
    send(client, "host", "a.example.org", team=web.pk)
    confirm(client)

    again = confirm(client)

    assert again.url == FORM
    assert Job.objects.count() == 1


def test_the_preview_of_another_file_confirms_nothing(client, editor, web):
    send(client, "host", "a.example.org", team=web.pk)
    first = client.get(PREVIEW).context["asked"]["upload"]
    send(client, "host", "b.example.org", team=web.pk)

    answer = confirm(client, upload=first)

    assert answer.url == PREVIEW
    assert not Job.objects.exists()
    assert len(files()) == 1  # the later one


def test_a_preview_is_one_s_own(client, editor, web):
    send(client, "host", "a.example.org", team=web.pk)
    key = client.get(PREVIEW).context["asked"]["upload"]
    client.force_login(make_user("Administrator"))

    assert client.get(PREVIEW).url == FORM
    assert client.post(PREVIEW, {"upload": key}).url == FORM
    assert not Job.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_file_that_is_gone_is_asked_for_again(client, editor, web, method):
    send(client, "host", "a.example.org", team=web.pk)
    key = client.get(PREVIEW).context["asked"]["upload"]
    files()[0].unlink()

    answer = getattr(client, method)(PREVIEW, {"upload": key})

    assert answer.url == FORM
    assert "not kept any more" in client.get(FORM).text


def test_updates_are_previewed_as_such(client, editor, web):
    make_endpoint("a.example.org", team=web, contacts=["ann@example.org"])

    send(client, "host,notes", "a.example.org,new", existing="update")

    found = client.get(PREVIEW).context["preview"]
    assert (found.new, found.changed) == (0, 1)
    assert found.rows[0].endpoint.notes == "new"


def test_nothing_to_import_has_no_button(client, editor):
    send(client, "host", "*.example.org")

    page = client.get(PREVIEW).text

    assert "There is nothing in it to import." in page
    assert "Import 0" not in page


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["port", "443"], "No column is called host."),
        (["host"], "The file has no rows below its first line."),
        (["host", "a", '"b'], "Line 3 cannot be read"),
        ([""], "The submitted file is empty."),
    ],
)
def test_a_file_that_cannot_be_read_says_why(client, editor, lines, sentence):
    page = send(client, *lines)

    assert page.status_code == 200
    assert sentence in page.text
    assert files() == []


def test_a_large_file_is_not_even_read(client, editor, monkeypatch):
    monkeypatch.setattr("certs.forms.intake.MAX_BYTES", 5)

    assert "The file is larger than 10 MB." in send(client, "host", "a").text


def test_a_team_that_is_not_one_s_own_cannot_be_chosen(client, editor):
    page = send(client, "host", "a", team=make_team("Mail").pk)

    assert "team" in page.context["form"].errors


def test_of_a_long_file_the_first_rows_are_judged(client, editor, web, monkeypatch):
    monkeypatch.setitem(preview.preview.__kwdefaults__, "most", 3)
    send(client, "host", *"abcde", team=web.pk)

    page = client.get(PREVIEW)

    assert (page.context["preview"].judged, page.context["preview"].new) == (3, 3)
    assert "the rest is checked while importing" in page.text
    assert "Import the file" in page.text


def test_hostile_cells_are_escaped(client, editor):
    send(client, "host,team,<b>x", "<script>alert(1)</script>,<i>,x", name="<u>.csv")

    page = client.get(PREVIEW).text

    assert "<script>alert" not in page
    assert "<b>x" not in page
    assert "<u>" not in page


@pytest.mark.parametrize("rows", [1, 30])  # same count for both: no N+1
def test_queries_do_not_grow_with_the_rows(
    rows, client, editor, web, django_assert_max_num_queries
):
    lines = [f"host{number}.example.org,web" for number in range(rows)]
    send(client, "host,team", *lines)

    with django_assert_max_num_queries(20):
        client.get(PREVIEW)


def test_who_may_add_endpoints_finds_the_import_in_the_list(client, editor):
    empty = client.get(reverse("certs:endpoints")).text
    make_endpoint()
    filled = client.get(reverse("certs:endpoints")).text
    client.force_login(make_user("Viewer"))
    viewer = client.get(reverse("certs:endpoints")).text

    assert [FORM in page for page in (empty, filled, viewer)] == [True, True, False]
