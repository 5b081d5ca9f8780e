"""API tokens: made, shown once, asked for, revoked."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.views.decorators.debug import sensitive_variables

from accounts import networks, token_text
from accounts.models import ApiToken, TokenState, User
from accounts.services import changes, factors

logger = logging.getLogger(__name__)

MOST = 50  # tokens in force that a person may have
MOMENT = timedelta(minutes=1)  # how exactly the last use is known


class TooManyTokensError(Exception):
    """The person has more tokens in force than anybody needs."""

    def __init__(self) -> None:
        super().__init__(f"You have {MOST} tokens in force: revoke one first.")


class FactorMissingError(Exception):
    """The person must have a second factor; a token would do without one."""

    def __init__(self) -> None:
        super().__init__("Your role takes a second factor: set one up first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a token is to be like."""

    name: str
    days: int
    is_read_only: bool
    networks: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A new token and its text, which nobody can ask for again."""

    token: ApiToken
    text: str = field(repr=False)


@sensitive_variables("text")
def make(user: User, wish: Wish, *, now: datetime) -> Made:
    """Make a token for `user`.

    Raises TooManyTokensError or FactorMissingError, and then makes none.
    """
    if factors.is_required(user) and not user.has_second_factor():
        raise FactorMissingError
    if user.api_tokens.in_force(now).count() >= MOST:
        raise TooManyTokensError
    text = token_text.new()
    token = user.api_tokens.create(
        name=wish.name,
        prefix=text.prefix,
        digest=text.digest,
        is_read_only=wish.is_read_only,
        networks=wish.networks,
        created_at=now,
        expires_at=now + timedelta(days=wish.days),
    )
    logger.info("%s made API token %s", user.pk, token.pk)
    return Made(token=token, text=text.text)


@sensitive_variables("text", "digest")
def find(
    text: str, *, address: networks.Address | None, now: datetime
) -> ApiToken | None:
    """Return the token that `text` is, with its user, if it is good at `address`.

    One query, and no second answer: why a token is refused is in the log alone. The
    database compares hashes, which nobody can steer, so its time tells nothing.
    """
    digest = token_text.digest(text)
    if digest is None:
        return None
    token = ApiToken.objects.select_related("user").filter(digest=digest).first()
    if token is None:
        return None
    problem = _problem(token, address=address, now=now)
    if problem:
        logger.warning("API token %s was refused: %s", token.pk, problem)
        return None
    _note_use(token, address=address, now=now)
    return token


def revoke(token: ApiToken, *, by: User, now: datetime) -> bool:
    """End `token` at once and for ever; return False if somebody already has."""
    end = {"revoked_at": now, "revoked_by": by}
    with transaction.atomic():
        done = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(**end)
        if done:
            changes.record_update([token], end)
    if done:
        logger.info("%s revoked API token %s", by.pk, token.pk)
    return bool(done)


def _problem(
    token: ApiToken, *, address: networks.Address | None, now: datetime
) -> str:
    state = token.state(now)
    if state != TokenState.ACTIVE:
        return str(state.value)
    if not token.user.is_active:
        return "its person is deactivated"
    if not token.may_come_from(address):
        return f"it is not for use from {address or 'an unknown address'}"
    return ""


def _note_use(
    token: ApiToken, *, address: networks.Address | None, now: datetime
) -> None:
    """Write down the use, at most once in a while, whoever else is writing."""
    before = now - MOMENT
    if token.last_used_at is not None and token.last_used_at > before:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=before)
    ApiToken.objects.filter(stale, pk=token.pk).update(
        last_used_at=now, last_used_from=None if address is None else str(address)
    )
