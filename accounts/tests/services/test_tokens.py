import logging
from datetime import UTC, datetime, timedelta

import pytest

from accounts import token_text
from accounts.models import ApiToken
from accounts.networks import address
from accounts.services import tokens
from accounts.tests.factories import make_token, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOME = address("192.0.2.1")
SECOND = timedelta(seconds=1)


def find(text, *, at=HOME, now=NOW):
    return tokens.find(text, address=at, now=now)


def test_a_token_is_found_by_its_text_in_one_query(django_assert_num_queries):
    user = make_user("Viewer")
    made = make_token(user, now=NOW)
    find(made.text)

    with django_assert_num_queries(1):
        found = find(made.text, now=NOW + 59 * SECOND)
        assert found.user == user


def test_the_text_is_kept_nowhere():
    made = make_token(make_user(), now=NOW)

    (row,) = ApiToken.objects.values()
    assert made.text not in str(row)
    assert made.text[13:56] not in str(row)
    assert made.text not in repr(made)


def test_what_nobody_made_is_nobody_s(django_assert_num_queries):
    make_token(make_user())

    with django_assert_num_queries(0):
        assert find("cdk_nothing") is None
    with django_assert_num_queries(1):
        assert find(token_text.new().text) is None


def test_a_revoked_token_is_refused_from_the_next_question_on(caplog):
    made = make_token(make_user(), now=NOW)
    assert find(made.text)

    assert tokens.revoke(made.token, by=made.token.user, now=NOW)

    assert find(made.text) is None
    assert f"API token {made.token.pk} was refused: revoked" in caplog.text


def test_a_token_is_revoked_once_and_by_the_first(caplog):
    made = make_token(make_user(), now=NOW)
    administrator = make_user("Administrator")

    assert tokens.revoke(made.token, by=administrator, now=NOW)
    assert not tokens.revoke(made.token, by=made.token.user, now=NOW + SECOND)

    kept = ApiToken.objects.get()
    assert (kept.revoked_by, kept.revoked_at) == (administrator, NOW)


def test_a_token_that_is_over_is_refused(caplog):
    made = make_token(make_user(), now=NOW, days=1)
    end = NOW + timedelta(days=1)

    assert find(made.text, now=end - SECOND)
    assert find(made.text, now=end) is None


def test_the_tokens_of_a_deactivated_person_are_refused_at_once(caplog):
    user = make_user("Administrator")
    made = make_token(user, now=NOW)
    user.is_active = False
    user.save()

    assert find(made.text) is None


def test_a_token_is_refused_elsewhere_and_that_is_no_use(caplog):
    made = make_token(make_user(), now=NOW, networks=["192.0.2.0/24"])

    assert find(made.text, at=address("198.51.100.1")) is None
    assert find(made.text, at=None) is None
    assert ApiToken.objects.get().last_used_at is None
    assert find(made.text)


def test_the_last_use_is_written_once_a_minute(django_assert_num_queries):
    made = make_token(make_user(), now=NOW)
    find(made.text)

    find(made.text, at=address("192.0.2.9"), now=NOW + 59 * SECOND)
    kept = ApiToken.objects.get()
    assert (kept.last_used_at, kept.last_used_from) == (NOW, "192.0.2.1")

    with django_assert_num_queries(2):
        find(made.text, at=address("2001:db8::9"), now=NOW + 60 * SECOND)
    kept = ApiToken.objects.get()
    assert kept.last_used_at == NOW + 60 * SECOND
    assert kept.last_used_from == "2001:db8::9"


def test_nobody_has_more_tokens_than_anybody_needs(monkeypatch):
    monkeypatch.setattr(tokens, "MOST", 2)
    user = make_user()
    first = make_token(user, now=NOW)
    make_token(user, now=NOW)

    with pytest.raises(tokens.TooManyTokensError, match="2 tokens"):
        make_token(user, now=NOW)
    assert user.api_tokens.count() == 2
    tokens.revoke(first.token, by=user, now=NOW)
    make_token(user, now=NOW)
    make_token(make_user(), now=NOW)


def test_no_token_is_in_the_log(caplog):
    caplog.set_level(logging.DEBUG)
    made = make_token(make_user(), now=NOW, networks=["192.0.2.0/24"])

    find(made.text)
    find(made.text, at=None)
    tokens.revoke(made.token, by=made.token.user, now=NOW)
    find(made.text)

    ours = [r.getMessage() for r in caplog.records if r.name.startswith("accounts")]
    assert len(ours) == 4
    assert made.text not in caplog.text
