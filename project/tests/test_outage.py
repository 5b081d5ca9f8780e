"""Pages while the database does not answer: real databases, really out of reach."""

import json
from contextlib import contextmanager

import pytest
from django.db import DEFAULT_DB_ALIAS, OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import path, reverse

from accounts.tests.factories import PASSWORD, make_user
from project import urls
from project.logs import JsonFormatter
from project.outage import outage_behind
from project.tests.faults.locks import held
from project.tests.transport.places import default, make_tables, sqlite
from project.transport.places import at, connected
from project.urls import urlpatterns as real

pytestmark = pytest.mark.once

NOWHERE = "sqlite:////proc/nothing.sqlite3"


def remember(request):
    request.session["something"] = True
    return HttpResponse()


urlpatterns = [*real, path("remember/", remember)]
handler400, handler500 = urls.handler400, urls.handler500


@pytest.fixture(autouse=True)
def _own_databases(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def browser():
    """One with a session, so that every page asks the database."""
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "a" * 32
    return client


@contextmanager
def impatient(file):
    """A migrated database whose writers wait for a moment only."""
    place = at(sqlite(file), option="--to")
    place["OPTIONS"]["timeout"] = 0.1
    with connected(DEFAULT_DB_ALIAS, place):
        make_tables()
        yield


@pytest.mark.parametrize("name", ["certs:dashboard", "certs:endpoints", "admin:index"])
def test_a_database_out_of_reach_is_a_page_that_says_so(browser, name):
    with default(NOWHERE):
        response = browser.get(reverse(name))

    assert response.status_code == 503
    assert response["Retry-After"] == "10"
    assert response["Cache-Control"] == "no-store"
    assert "The database does not answer" in response.text
    assert "ui/app.css" in response.text
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_when_it_is_back_the_pages_are_back(browser, tmp_path):
    with impatient(tmp_path / "site.sqlite3"):
        browser.force_login(make_user("Viewer"))
        with default(NOWHERE):
            assert browser.get(reverse("certs:dashboard")).status_code == 503

        assert browser.get(reverse("certs:dashboard")).status_code == 200


def test_while_it_is_locked_pages_can_be_read_but_not_written(browser, tmp_path):
    file = tmp_path / "site.sqlite3"
    with impatient(file):
        user = make_user("Viewer")
        browser.force_login(user)
        url = reverse("accounts:profile")
        form = {"display_name": "Ann", "email": user.email}
        with held(file):
            assert browser.get(url).status_code == 200
            assert browser.post(url, form).status_code == 503

        user.refresh_from_db()
        assert user.display_name == ""
        assert browser.post(url, form).status_code == 302


def test_a_sign_in_that_cannot_be_kept_is_no_server_error(browser, tmp_path):
    file = tmp_path / "site.sqlite3"
    with impatient(file):
        user = make_user("Viewer")
        with held(file):
            form = {"login": user.username, "password": PASSWORD}
            response = browser.post(reverse("account_login"), form)

    assert response.status_code == 503


@pytest.mark.urls(__name__)
def test_a_session_that_cannot_be_saved_is_no_bad_request(browser, tmp_path):
    file = tmp_path / "site.sqlite3"
    with impatient(file):
        browser.force_login(make_user("Viewer"))
        with held(file):
            response = browser.get("/remember/")

    assert response.status_code == 503


def test_each_failure_is_one_line_of_the_log_without_a_traceback(browser, caplog):
    with default(NOWHERE):
        browser.get(reverse("certs:dashboard"))

    (record,) = [record for record in caplog.records if record.levelname == "ERROR"]
    event = json.loads(JsonFormatter().format(record))
    assert event["message"].startswith("The database does not answer: unable to open")
    assert "exception" not in event


def test_the_admins_get_one_mail_not_one_for_each_page(browser, settings, mailoutbox):
    settings.ADMINS = [("Ann", "ann@example.org")]

    with default(NOWHERE):
        for _ in range(5):
            browser.get(reverse("accounts:profile"))

    assert len(mailoutbox) <= 1  # none, if another test has just sent it


def test_a_missing_table_is_a_mistake_of_ours(browser, tmp_path):
    with default(sqlite(tmp_path / "unmigrated.sqlite3")):
        response = browser.get(reverse("certs:dashboard"))

    assert response.status_code == 500
    assert "Something went wrong" in response.text


def test_the_failure_is_found_behind_what_it_led_to():
    gone, led_to = OperationalError("gone"), ValueError("no session")
    led_to.__context__ = gone

    assert outage_behind(led_to) is gone
    assert outage_behind(ValueError()) is None
    assert outage_behind(None) is None
