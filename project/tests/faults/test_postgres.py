"""A round of checks, and pages, while PostgreSQL is restarted."""

from threading import Thread

import pytest
from django.core.management import call_command
from django.db import close_old_connections, connection
from django.test import Client
from django.urls import reverse

from accounts.tests.factories import make_user
from certs.models import Tag
from certs.services import patience
from project.tests.faults.rounds import round_of
from project.tests.faults.servers import postgres
from project.tests.transport.places import default

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server():
    with postgres() as server:
        yield server


@pytest.fixture(autouse=True)
def _empty(server):
    with default(server.url):
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        yield


def test_a_restart_in_the_middle_changes_nothing_about_a_round(
    server, fleet, undisturbed, monkeypatch, caplog
):
    def restart():
        server.stop()
        Thread(target=server.start).start()

    left = round_of(fleet, monkeypatch, fault=restart)

    assert left == undisturbed
    assert "The database failed, again in" in caplog.text


def test_endpoints_are_read_on_after_a_restart(server):
    call_command("migrate", verbosity=0)
    Tag.objects.bulk_create(Tag(name=f"t{number}") for number in range(10))

    rows = patience.read(Tag.objects.all(), batch=3)
    names = [next(rows).name]
    server.stop()
    server.start()
    names += [row.name for row in rows]

    assert sorted(names) == [f"t{number}" for number in range(10)]


def test_pages_say_that_it_is_away_and_are_back_when_it_is(server):
    call_command("migrate", verbosity=0)
    browser = Client(raise_request_exception=False)
    browser.force_login(make_user("Viewer"))
    url = reverse("certs:dashboard")
    before = browser.get(url).status_code

    server.stop()
    away = browser.get(url)
    server.start()
    close_old_connections()  # as before each request of a server; not so in tests
    after = browser.get(url).status_code

    assert (before, away.status_code, after) == (200, 503, 200)
    assert away["Retry-After"]
