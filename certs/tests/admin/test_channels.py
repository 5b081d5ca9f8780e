"""Channels in the admin: their addresses go in and never come out."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import sealing
from accounts.models import Change
from accounts.tests.factories import make_user, sign_in
from certs.models import Channel
from certs.tasks.channels import test_channel as task
from certs.tests.factories import NOW, make_channel

pytestmark = pytest.mark.django_db
SECRET = "very-private-token"
ADDRESS = f"json://127.0.0.1:9/{SECRET}"


@pytest.fixture
def administrator(client):
    user = make_user("Administrator")
    sign_in(client, user)
    return user


def screen(name="changelist", *args):
    return reverse(f"admin:certs_channel_{name}", args=args)


def form(**fields):
    filled = {"name": "Chat", "kind": "apprise", "secret_address": ADDRESS}
    return {**filled, "is_active": "on", **fields}


def errors(response):
    return response.context["adminform"].form.errors


@pytest.mark.usefixtures("administrator", "noticed")
def test_an_address_is_sealed_and_shown_nowhere(client, caplog):
    client.post(screen("add"), form(), follow=True)

    channel = Channel.objects.get()
    pages = [
        client.get(url).text
        for url in (
            screen(),
            screen("change", channel.pk),
            screen("history", channel.pk),
            reverse("admin:accounts_change_changelist"),
        )
    ]
    assert sealing.unseal(channel.sealed_url) == ADDRESS
    assert SECRET not in channel.sealed_url
    assert "json://…" in pages[0]
    assert not any(SECRET in page or channel.sealed_url in page for page in pages)
    assert not any(
        SECRET in str(row) or channel.sealed_url in str(row)
        for row in Change.objects.values()
    )
    assert SECRET not in caplog.text


@pytest.mark.usefixtures("administrator")
def test_what_is_refused_is_not_shown_again_either(client):
    page = client.post(screen("add"), form(secret_address=f"nope://{SECRET}"))

    assert "no such service" in str(errors(page)["secret_address"])
    assert SECRET not in page.text
    assert not Channel.objects.exists()


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize("address", ["syslog://", "dbus://", "windows://", ""])
def test_an_address_that_would_run_here_or_is_none_is_refused(client, address):
    page = client.post(screen("add"), form(secret_address=address))

    assert "secret_address" in errors(page)


@pytest.mark.usefixtures("administrator")
def test_the_address_stays_where_none_is_entered(client):
    channel = make_channel(address=ADDRESS)
    Channel.objects.update(tested_at=NOW, test_error="It failed.")

    client.post(
        screen("change", channel.pk),
        form(name="Pager", secret_address="", is_active=""),
    )

    channel.refresh_from_db()
    assert (channel.name, channel.is_active) == ("Pager", False)
    assert sealing.unseal(channel.sealed_url) == ADDRESS
    assert channel.test_error == "It failed."


@pytest.mark.usefixtures("administrator")
def test_a_new_address_takes_the_place_of_the_old_one_and_its_test(client):
    channel = make_channel(address=ADDRESS)
    Channel.objects.update(tested_at=NOW, test_error="It failed.")
    other = "http://127.0.0.1:9/other"

    page = client.post(
        screen("change", channel.pk), form(kind="webhook", secret_address="")
    )
    assert "secret_address" in errors(page)
    client.post(
        screen("change", channel.pk), form(kind="webhook", secret_address=other)
    )

    channel.refresh_from_db()
    assert sealing.unseal(channel.sealed_url) == other
    assert (channel.kind, channel.tested_at, channel.test_error) == (
        "webhook",
        None,
        "",
    )


@pytest.mark.usefixtures("administrator")
def test_the_test_is_asked_for_by_post_and_done_by_a_worker(
    client, monkeypatch, django_capture_on_commit_callbacks
):
    channel = make_channel(address=ADDRESS)
    asked: list[str] = []
    monkeypatch.setattr(task, "delay", asked.append)

    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(screen("test", channel.pk), follow=True)

    assert asked == [str(channel.pk)]
    assert "on its way" in page.text
    assert client.get(screen("test", channel.pk)).status_code == 405


@pytest.mark.usefixtures("administrator")
def test_the_list_says_what_the_last_test_said(client):
    make_channel("New")
    make_channel("Good", tested_at=NOW)
    make_channel("Bad", tested_at=NOW, test_error="Status 500.")
    Channel.objects.exclude(name="New").update(tested_at=NOW)
    Channel.objects.filter(name="Bad").update(test_error="Status 500.")

    page = client.get(screen()).text

    for text in ("Not tested", "It arrived", "Status 500."):
        assert text in page


def test_only_administrators_come_here(client):
    channel = make_channel()
    sign_in(client, make_user("Editor"))

    for url in (screen(), screen("add"), screen("change", channel.pk)):
        assert client.get(url).status_code == 403
    assert client.post(screen("test", channel.pk)).status_code == 403


def test_who_may_only_look_sees_no_field_for_an_address(client):
    user = make_user(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_channel"))
    client.force_login(user)
    channel = make_channel(address=ADDRESS)

    page = client.get(screen("change", channel.pk)).text

    assert "json://…" in page
    assert "secret_address" not in page
    assert "Send a test" not in page


@pytest.mark.usefixtures("administrator")
def test_the_list_takes_the_same_queries_at_one_and_five_rows(client):
    counts = []
    for more in (1, 4):
        for _ in range(more):
            make_channel()
        client.get(screen())
        with CaptureQueriesContext(connection) as queries:
            client.get(screen())
        counts.append(len(queries))

    assert counts[0] == counts[1]
