from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from certs.models import RevocationList
from certs.models.revocation_list import validate_web_address
from certs.tests.factories import NOW

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def of(*, made=None, ends=None, failed_since=None):
    return RevocationList(this_update=made, next_update=ends, failed_since=failed_since)


def test_a_list_is_overdue_when_a_twentieth_of_its_time_is_left_and_then_too_old():
    row = of(made=NOW, ends=NOW + 20 * DAY)

    assert row.trouble(NOW + 19 * DAY - SECOND) is None
    assert row.trouble(NOW + 19 * DAY) == "late"
    assert row.trouble(NOW + 20 * DAY - SECOND) == "late"
    assert row.trouble(NOW + 20 * DAY) == "old"


def test_a_list_of_years_is_overdue_a_week_before_its_end():
    row = of(made=NOW, ends=NOW + 1000 * DAY)

    assert row.late_from == NOW + 993 * DAY


def test_a_list_out_of_reach_is_trouble_after_a_day():
    row = of(failed_since=NOW)

    assert row.late_from is None
    assert row.trouble(NOW + DAY - SECOND) is None
    assert row.trouble(NOW + DAY) == "unknown"


def test_of_two_troubles_the_worse_counts():
    row = of(made=NOW - 20 * DAY, ends=NOW, failed_since=NOW - 2 * DAY)

    assert row.trouble(NOW - HOUR) == "unknown"
    assert row.trouble(NOW) == "old"


def test_a_list_that_was_not_fetched_yet_is_no_trouble():
    assert of().trouble(NOW) is None


@pytest.mark.parametrize("url", ["http://ca.test/a.crl", "https://ca.test:81/a?b"])
def test_a_web_address_is_taken(url):
    validate_web_address(url)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ldap://ca.test/cn=CA", "begins with http"),
        ("ca.test/a.crl", "begins with http"),
        ("http://", "begins with http"),
        ("http://ann:secret@ca.test/", "password"),
        ("http://ann@ca.test/", "password"),
    ],
)
def test_another_address_is_refused(url, words):
    with pytest.raises(ValidationError, match=words) as caught:
        validate_web_address(url)

    assert "secret" not in str(caught.value)
