"""Sign-ins of programs by JSON Web Tokens: begun, renewed, ended.

Access tokens are believed for minutes. Refresh tokens are good for one renewal; its use
is written in simplejwt's tables, where a token must be to be good at all. They hold the
number of a token, never the token, so that reading them signs nobody in.

simplejwt reads the clock itself: `exp` is compared when a token is read.
"""

import logging
from dataclasses import dataclass, field

from django.contrib.auth.models import update_last_login
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.debug import sensitive_variables
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.token_blacklist.models import (
    BlacklistedToken,
    OutstandingToken,
)
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from accounts.models import User
from accounts.services import changes

logger = logging.getLogger(__name__)

PASSWORD_CLAIM = "pwd"  # noqa: S105 - the name of a claim


class SignInOverError(Exception):
    """A refresh token is good for nothing, or no longer."""

    def __init__(self) -> None:
        super().__init__("The refresh token is not valid, or no longer.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What a program gets: a token to show for minutes, and one to renew it with."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)


class _Read(RefreshToken):
    """A refresh token whose use is looked up by `_claim`, as one step with using it."""

    def check_blacklist(self) -> None:
        pass


def begin(user: User) -> Pair:
    """Sign `user` in, whose password and second factor somebody has checked."""
    update_last_login(User, user)
    changes.record(changes.Action.SIGN_IN, about=user, actor=user)
    logger.info("%s signed in at the API", user.pk)
    return _pair(user)


@sensitive_variables("refresh", "token")
def renew(refresh: str) -> Pair:
    """Return new tokens for `refresh`, which then is used up.

    Raises SignInOverError. A token that comes a second time was stolen, or replaced one
    that was: every sign-in of its user ends (RFC 9700, 4.14.2).
    """
    token = _read(refresh)
    outstanding = _outstanding(token)
    if outstanding is None or not isinstance(outstanding.user, User):
        raise SignInOverError
    user = outstanding.user
    # Before the claim: who comes second at the same moment ends this pair too.
    renewed = _pair(user) if _is_still(user, token) else None
    if not _claim(outstanding):
        logger.warning("A refresh token of %s came a second time", user.pk)
        end_all(user)
        reason = {"reason": (None, "a refresh token came a second time")}
        changes.record(changes.Action.REFUSAL, about=user, changes=reason)
        raise SignInOverError
    if renewed is None:
        raise SignInOverError
    return renewed


@sensitive_variables("refresh", "token")
def end(refresh: str) -> None:
    """Sign out: nothing can be renewed with `refresh`. Raises SignInOverError."""
    token = _read(refresh)
    outstanding = _outstanding(token)
    if outstanding is None or not _claim(outstanding):
        raise SignInOverError
    user = outstanding.user
    if isinstance(user, User):
        changes.record(changes.Action.SIGN_OUT, about=user, actor=user)


def end_all(user: User) -> None:
    """Let `user` renew nothing that was begun until now."""
    BlacklistedToken.objects.bulk_create(
        [
            BlacklistedToken(token=outstanding)
            for outstanding in OutstandingToken.objects.filter(user=user)
        ],
        ignore_conflicts=True,
    )


@sensitive_variables("access", "token")
def find(access: str) -> tuple[User, AccessToken] | None:
    """Return whose access token it is, None if it is not good, or no longer."""
    try:
        token = AccessToken(access)  # type: ignore[arg-type]  # annotated wrongly there
    except TokenError:
        return None
    user = User.objects.filter(pk=token.get(api_settings.USER_ID_CLAIM)).first()
    return (user, token) if user is not None and _is_still(user, token) else None


def _pair(user: User) -> Pair:
    refresh = RefreshToken()
    refresh[api_settings.USER_ID_CLAIM] = str(user.pk)
    refresh[PASSWORD_CLAIM] = _password_mark(user)
    OutstandingToken.objects.create(
        user=user,
        jti=refresh[api_settings.JTI_CLAIM],
        token="",  # its place in simplejwt's table; ours to keep empty
        created_at=refresh.current_time,
        expires_at=refresh.current_time + api_settings.REFRESH_TOKEN_LIFETIME,
    )
    return Pair(access=str(refresh.access_token), refresh=str(refresh))


def _read(refresh: str) -> RefreshToken:
    try:
        return _Read(refresh)  # type: ignore[arg-type]  # annotated wrongly there
    except TokenError as error:
        raise SignInOverError from error


def _outstanding(token: RefreshToken) -> OutstandingToken | None:
    """Return the row of the token, with its user."""
    rows = OutstandingToken.objects.select_related("user")
    return rows.filter(jti=token[api_settings.JTI_CLAIM]).first()


def _claim(outstanding: OutstandingToken) -> bool:
    """Use the token up; False if it is already, though by somebody at this moment."""
    _, is_first = BlacklistedToken.objects.get_or_create(token=outstanding)
    return is_first


def _is_still(user: User, token: Token) -> bool:
    """Whether the person may sign in, with the password of back then."""
    mark = str(token.get(PASSWORD_CLAIM))
    return user.is_active and constant_time_compare(mark, _password_mark(user))


def _password_mark(user: User) -> str:
    """Return what differs when the password does, and tells nothing of it."""
    return salted_hmac(
        "accounts.services.sign_ins", user.password, algorithm="sha256"
    ).hexdigest()[:32]
