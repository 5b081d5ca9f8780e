from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError

from accounts.models import ApiToken, TokenState
from accounts.networks import address
from accounts.tests.factories import make_token, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_a_token_ends_at_its_second():
    token = make_token(make_user(), now=NOW, days=1).token
    end = NOW + timedelta(days=1)

    assert token.state(end - SECOND) == TokenState.ACTIVE
    assert token.state(end) == TokenState.EXPIRED
    assert ApiToken.objects.in_force(end - SECOND).exists()
    assert not ApiToken.objects.in_force(end).exists()


def test_a_revoked_token_stays_revoked_also_when_it_is_over():
    token = make_token(make_user(), now=NOW, days=1).token
    token.revoked_at = NOW
    token.save()

    assert token.state(NOW + timedelta(days=2)) == TokenState.REVOKED
    assert not ApiToken.objects.in_force(NOW).exists()


def test_a_list_of_networks_is_kept_and_asked():
    token = make_token(make_user(), networks=["10.0.0.0/8", "2001:db8::/32"]).token

    kept = ApiToken.objects.get(pk=token.pk)
    assert kept.networks == ["10.0.0.0/8", "2001:db8::/32"]
    assert kept.may_come_from(address("10.0.0.1"))
    assert kept.may_come_from(address("2001:db8::1"))
    assert not kept.may_come_from(address("192.0.2.1"))
    assert not kept.may_come_from(None)


def test_without_a_list_a_token_is_good_everywhere():
    assert make_token(make_user()).token.may_come_from(None)


def test_the_same_text_is_nobody_else_s():
    token = make_token(make_user()).token
    token.pk = None

    with pytest.raises(IntegrityError):
        ApiToken.objects.create(
            user=make_user(), digest=token.digest, created_at=NOW, expires_at=NOW
        )


def test_people_know_a_token_by_its_name_and_beginning():
    made = make_token(make_user(), name="Backup")

    assert str(made.token) == f"Backup ({made.text[:12]}…)"
