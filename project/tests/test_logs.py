import json
import logging

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


def test_a_log_line_has_the_id_of_its_request():
    record = logging.LogRecord("x", logging.INFO, "", 0, "said", (), None)
    with origin.come_from(origin.Origin(request_id="abc")):
        inside = json.loads(JsonFormatter().format(record))

    assert inside["request"] == "abc"
    assert "request" not in json.loads(JsonFormatter().format(record))
