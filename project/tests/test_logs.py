import json
import logging

import pytest

from accounts import origin
from project.logs import JsonFormatter, Seldom, config


def line(message: str, **extra: object) -> str:
    record = logging.LogRecord("certs", logging.WARNING, "f", 1, message, (), None)
    record.__dict__.update(extra)
    return JsonFormatter().format(record)


def test_an_event_is_one_line_however_many_it_contains():
    text = line("a\nb\x1b[31m")

    assert "\n" not in text
    assert "\x1b" not in text
    assert json.loads(text)["message"] == "a\nb\x1b[31m"


def test_an_event_says_when_where_and_how_bad():
    event = json.loads(line("x"))

    assert event["time"].endswith("+00:00")
    assert (event["level"], event["logger"]) == ("WARNING", "certs")
    assert "exception" not in event


def test_an_exception_is_part_of_its_line():
    try:
        raise ValueError("broken")
    except ValueError as error:
        text = line("x", exc_info=(ValueError, error, error.__traceback__))

    assert "ValueError: broken" in json.loads(text)["exception"]


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/accounts/invitations/s3cret/", "/accounts/invitations/***/"),
        ("/accounts/invitations/s3cret", "/accounts/invitations/***"),
        ("/accounts/invitations/s3cret?next=/", "/accounts/invitations/***?next=/"),
        ("/warnings/unsubscribe/s3cret:x/", "/warnings/unsubscribe/***/"),
        ("/warnings/acknowledge/s3cret:x/", "/warnings/acknowledge/***/"),
        ("/accounts/confirm-email/s3cret:x/", "/accounts/confirm-email/***/"),
        (
            "/accounts/password/reset/key/1-s3cret/",
            "/accounts/password/reset/key/***/",
        ),
        ("/company/callback/?code=s3cret&state=s3cret", "?code=***&state=***"),
        ("/accounts/invitations/add/", "/accounts/invitations/add/"),
    ],
)
def test_links_that_open_something_are_masked(path, kept):
    text = line(f'127.0.0.1 "GET {path} HTTP/1.1" 410')

    assert kept in text
    assert "s3cret" not in text
    assert "410" in text


def test_a_link_in_an_exception_is_masked():
    try:
        raise ValueError("/accounts/invitations/s3cret/")
    except ValueError as error:
        text = line("x", exc_info=(ValueError, error, error.__traceback__))

    assert "s3cret" not in text


@pytest.mark.django_db
def test_what_django_logs_of_a_refused_link_is_masked(client, caplog):
    client.get("/accounts/invitations/s3cret/")

    logged = [JsonFormatter().format(record) for record in caplog.records]
    assert any("/accounts/invitations/***/" in text for text in logged)
    assert not any("s3cret" in text for text in logged)


def test_errors_also_go_to_the_admins():
    assert config("INFO")["handlers"]["admins"]["level"] == "ERROR"


def test_an_outage_is_mailed_once_in_a_while_and_other_errors_each_time():
    def passes(name, created):
        record = logging.LogRecord(name, logging.ERROR, "f", 1, "x", (), None)
        record.created = created
        return seldom.filter(record)

    seldom = Seldom("project.outage", seconds=900)

    assert [passes("project.outage", at) for at in (0, 1, 899, 900, 901, 1800)] == [
        True,
        False,
        False,
        True,
        False,
        True,
    ]
    assert passes("django.request", 1801)
    assert passes("django.request", 1802)


@pytest.mark.parametrize("path", ["/accounts/password/reset/key/", "/confirm-email/"])
def test_a_link_that_opens_an_account_is_not_kept(path):
    said = f'127.0.0.1 "GET {path}1a-c4f:x_y-z/?next=/ HTTP/1.1" 302'
    record = logging.LogRecord("gunicorn.access", logging.INFO, "", 1, said, (), None)

    message = json.loads(JsonFormatter().format(record))["message"]

    assert message == f'127.0.0.1 "GET {path}***/?next=/ HTTP/1.1" 302'


def test_a_log_line_has_the_id_of_its_request():
    record = logging.LogRecord("x", logging.INFO, "", 0, "said", (), None)
    with origin.come_from(origin.Origin(request_id="abc")):
        inside = json.loads(JsonFormatter().format(record))

    assert inside["request"] == "abc"
    assert "request" not in json.loads(JsonFormatter().format(record))
