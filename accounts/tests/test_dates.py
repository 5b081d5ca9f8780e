from datetime import UTC, datetime

import pytest
from django.template import engines
from django.utils import timezone

from accounts import dates

MOMENT = datetime(2026, 5, 21, 22, 30, tzinfo=UTC)


def written():
    template = engines["django"].from_string('{{ moment|date:"DATETIME_FORMAT" }}')
    return template.render({"moment": MOMENT})


@pytest.mark.parametrize(
    ("zone", "language", "expected"),
    [
        ("", "", "21 May 2026, 22:30"),
        ("Europe/Oslo", "", "22 May 2026, 00:30"),
        ("", "de", "21. Mai 2026 22:30"),
        ("Asia/Tokyo", "fr", "22 mai 2026 07:30"),
    ],
)
def test_a_moment_is_written_as_its_reader_writes_it(zone, language, expected):
    with dates.as_written_by(zone, language):
        assert written() == expected


def test_the_reader_after_that_gets_the_sites_own_dates():
    with dates.as_written_by("Asia/Tokyo", "fr"):
        pass

    assert written() == "21 May 2026, 22:30"
    assert timezone.get_current_timezone_name() == "UTC"
