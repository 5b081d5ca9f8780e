"""Password and second factor of who signs in without a page: as strict as the door.

Wrong passwords count with those that are typed at the door (allauth's limits), so the
API gives nobody more tries. Where a second factor is due, no password alone is enough.
"""

import logging

from allauth.account.adapter import get_adapter
from allauth.account.utils import has_verified_email
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from accounts.sealing import UnreadableSecretError
from accounts.services import changes, codes, factors

logger = logging.getLogger(__name__)

BY_TOKEN = "Use an API token, which is made on the profile page."  # noqa: S105 - a hint
UNREADABLE = (
    "Your second factor cannot be checked here: its key is missing. "
    "Ask an administrator."
)


class RefusedError(Exception):
    """Somebody may not sign in; `code` is for programs, the text for people."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class WrongError(RefusedError):
    """The password or the code is wrong. Nobody is told whether there is an account."""


class TooOftenError(RefusedError):
    """There were too many wrong ones."""

    def __init__(self) -> None:
        super().__init__("throttled", "Too many failed sign-ins. Try again later.")


@sensitive_variables("password", "code")
def check(request: HttpRequest, *, name: str, password: str, code: str) -> User:
    """Return who signs in by `name` and `password`, and by `code` if there is a factor.

    Raises RefusedError. What is said of factors is said to who knows the password.
    """
    try:
        # As the form of the door does: an address is a name too.
        found = get_adapter(request).authenticate(
            request, username=name, password=password
        )
    except ImmediateHttpResponse as error:  # the door's page for too many tries
        raise TooOftenError from error
    if not isinstance(found, User) or not found.is_active:
        raise WrongError("wrong_credentials", "The name or the password is wrong.")
    try:
        _check_address(found)
        _check_factor(found, code=code)
    except RefusedError as error:
        reason = {"reason": (None, error.code)}
        changes.record(changes.Action.REFUSAL, about=found, changes=reason)
        raise
    return found


def _check_address(user: User) -> None:
    if not has_verified_email(user):
        raise RefusedError(
            "address_not_confirmed", "Confirm your mail address on the site first."
        )


def _check_factor(user: User, *, code: str) -> None:
    present = {
        factor.type: factor for factor in Authenticator.objects.filter(user=user)
    }
    if not any(kind in present for kind in factors.FACTORS):
        if factors.is_required(user):
            raise RefusedError(
                "second_factor_required",
                "Your role needs a second factor: set one up on the profile page.",
            )
        return
    totp = present.get(Authenticator.Type.TOTP)
    if totp is None:
        raise RefusedError("second_factor_unsupported", BY_TOKEN)
    if not code:
        raise WrongError(
            "code_required", "Send the one-time password of your second factor as code."
        )
    try:
        check_rate_limit(user)
    except ValidationError as error:
        raise TooOftenError from error
    try:
        fits = codes.claim(user, code) and TOTP(totp).validate_code(code)
    except UnreadableSecretError as error:
        logger.exception("The secrets of %s cannot be opened.", user.pk)
        raise RefusedError("second_factor_unreadable", UNREADABLE) from error
    if not fits:
        raise WrongError("wrong_code", "The one-time password is wrong or was used.")
    totp.record_usage()
