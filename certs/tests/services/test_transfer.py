import csv
from zoneinfo import ZoneInfo

import pytest

from certs.models import Endpoint
from certs.services import transfer
from certs.tests.factories import NOW, make_checked, make_endpoint, make_team

pytestmark = pytest.mark.django_db


def rows(now=NOW):
    lines = list(transfer.csv_lines(Endpoint.objects.order_by("host"), now=now))
    return list(csv.DictReader(lines))


def test_a_row_says_what_the_list_says():
    make_checked(
        "a.example.org",
        days=5,
        team=make_team("Web"),
        contacts=["ann@example.org"],
        tags=["x", "y"],
        notes="Two\nlines",
    )

    (row,) = rows()

    assert row["host"] == "a.example.org"
    assert (row["status"], row["days_left"]) == ("critical", "5")
    assert row["not_after"] == "2026-11-26T12:00:00+00:00"
    assert (row["team"], row["contacts"], row["tags"]) == (
        "Web",
        "ann@example.org",
        "x y",
    )
    assert row["names"] == "a.example.org"
    assert row["notes"] == "Two\nlines"


def test_grade_and_protocol_are_those_of_the_list():
    for host, days in (("a.example.org", 90), ("b.example.org", -1)):
        make_checked(host, days=days, starttls="smtp", port=25)
    Endpoint.objects.update(grade="B")

    assert [(row["grade"], row["starttls"]) for row in rows()] == [
        ("B", "smtp"),
        ("T", "smtp"),  # as on the page: it has ended
    ]


def test_what_is_not_known_is_empty():
    make_endpoint()

    (row,) = rows()

    assert row["status"] == "unchecked"
    assert row["days_left"] == row["not_after"] == row["names"] == row["team"] == ""
    assert row["grade"] == row["starttls"] == ""


def test_days_are_those_of_the_viewer():
    make_checked(days=5)

    (row,) = rows(NOW.replace(hour=23).astimezone(ZoneInfo("Asia/Tokyo")))

    assert row["days_left"] == "4"


@pytest.mark.parametrize("text", ["=1+1", "+1 1", "-x", "@x", "\tx", "\rx"])
def test_text_that_a_spreadsheet_would_run_is_made_harmless(text):
    make_endpoint(notes=text)

    (row,) = rows()

    assert row["notes"].startswith("'")


def test_a_negative_number_is_a_number():
    make_checked(days=-3)

    (row,) = rows()

    assert row["days_left"] == "-3"


def test_a_long_list_is_read_in_chunks(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(transfer, "CHUNK", 10)
    for _ in range(25):
        make_endpoint()

    with django_assert_num_queries(1 + 3 * 2):
        assert len(rows()) == 25
