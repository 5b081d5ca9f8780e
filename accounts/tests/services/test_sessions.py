from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.services import people, sessions
from accounts.tests.factories import make_user
from accounts.tests.signing import enter_password, is_signed_in

pytestmark = pytest.mark.django_db
PAGE = reverse("accounts:profile")


def test_deactivation_ends_every_session(client):
    user, other = make_user("Viewer"), make_user("Viewer")
    second, third = Client(), Client()
    for each, person in [(client, user), (second, user), (third, other)]:
        enter_password(each, person)
    now = timezone.now()
    assert sessions.open_count(user, now=now) == 2
    assert sessions.open_count(user, now=now + timedelta(days=400)) == 0

    make_user("Administrator")
    people.set_active(user, active=False)

    assert not is_signed_in(client)
    assert not is_signed_in(second)
    assert is_signed_in(third)
    assert sessions.open_count(user, now=now) == 0


def test_the_last_use_is_written_once_in_some_minutes(
    client, django_assert_num_queries, monkeypatch
):
    enter_password(client, make_user("Viewer"))
    row = UserSession.objects.get()
    earlier = row.last_seen_at

    client.get(PAGE)
    row.refresh_from_db()
    assert row.last_seen_at == earlier

    start = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(minutes=6))
    client.get(PAGE, REMOTE_ADDR="192.0.2.7")
    row.refresh_from_db()
    assert row.last_seen_at > earlier
    assert row.ip == "192.0.2.7"

    client.get(PAGE, REMOTE_ADDR="192.0.2.8")
    row.refresh_from_db()
    assert row.ip == "192.0.2.7"
