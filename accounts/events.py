"""Sign-ins, as Django tells of them: of allauth's, the admin's and the API's alike."""

from typing import Any

from django.contrib.auth.signals import (
    user_logged_in,
    user_logged_out,
    user_login_failed,
)
from django.db.models import Q

from accounts.models import Change, User
from accounts.services import changes


def connect() -> None:
    """Listen. There is no other hook that every way to sign in passes."""
    user_logged_in.connect(_signed_in, dispatch_uid="changes")
    user_logged_out.connect(_signed_out, dispatch_uid="changes")
    user_login_failed.connect(refused, dispatch_uid="changes")


def _signed_in(user: User, **_told: Any) -> None:
    changes.record(Change.Action.SIGN_IN, about=user, actor=user)


def _signed_out(user: User | None, **_told: Any) -> None:
    if user is not None:
        changes.record(Change.Action.SIGN_OUT, about=user, actor=user)


def refused(credentials: dict[str, Any], *, reason: str = "", **_told: Any) -> None:
    """Keep who was meant, if there is such an account, and the reason if there is one.

    What else was typed is not kept: people type their password into the wrong field.
    """
    changes.record_refusal(_known(credentials), reason=reason)


def _known(credentials: dict[str, Any]) -> User | None:
    typed = [credentials.get(name) for name in ("username", "email", "login")]
    names = [name for name in typed if isinstance(name, str) and name]
    if not names:
        return None
    wanted = Q(username__in=names) | Q(email__in=[name.lower() for name in names])
    known: User | None = User.objects.filter(wanted).first()
    return known
