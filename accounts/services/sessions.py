"""Where a person is signed in, and how that ends."""

from datetime import datetime, timedelta

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from accounts.models import User

SEEN = "seen_at"
SEEN_EVERY = timedelta(minutes=5)  # so that reading pages does not mean writing rows


def open_count(user: User, *, now: datetime) -> int:
    """In how many places `user` is signed in."""
    keys = list(
        UserSession.objects.filter(user=user).values_list("session_key", flat=True)
    )
    return Session.objects.filter(session_key__in=keys, expire_date__gt=now).count()


def note(request: HttpRequest, *, now: datetime) -> None:
    """Keep when and from where the session was last used, every few minutes.

    Sessions that did not come through the door have no moment to count from.
    """
    ways = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY) or [{}]
    seen = request.session.get(SEEN) or ways[-1].get("at")
    if seen and now.timestamp() - seen >= SEEN_EVERY.total_seconds():
        UserSession.objects.create_from_request(request)
        request.session[SEEN] = now.timestamp()


def end_all(user: User) -> None:
    """Sign `user` out everywhere."""
    for session in UserSession.objects.filter(user=user):
        session.end()
