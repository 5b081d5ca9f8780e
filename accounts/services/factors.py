"""The second factor: who has one, who must, and what happens when it is lost."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.template.loader import render_to_string

from accounts import sealing
from accounts.models import User
from accounts.services import sessions

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorState:
    """What a person can sign in with besides the password."""

    has_app: bool
    passkeys: int
    codes_left: int | None  # None: there are no recovery codes
    is_required: bool

    @property
    def is_on(self) -> bool:
        """Whether signing in takes more than the password."""
        return self.has_app or self.passkeys > 0

    @property
    def is_missing(self) -> bool:
        """Whether this person must set one up before anything else."""
        return self.is_required and not self.is_on


def is_required(user: User) -> bool:
    """Whether `user` may do what takes a second factor here.

    By rights and not by the name of a role: it holds from the moment that somebody is
    promoted, and pages ask for the same rights anyway, so it costs no query of its own.
    """
    return any(user.has_perm(right) for right in settings.SECOND_FACTOR_RIGHTS)


def state(user: User) -> FactorState:
    """Tell what `user` has set up; no secret is opened for it."""
    data: dict[str, list[Any]] = {}
    for kind, value in Authenticator.objects.filter(user=user).values_list(
        "type", "data"
    ):
        data.setdefault(kind, []).append(value)
    codes = data.get(Authenticator.Type.RECOVERY_CODES)
    return FactorState(
        has_app=Authenticator.Type.TOTP in data,
        passkeys=len(data.get(Authenticator.Type.WEBAUTHN, [])),
        codes_left=_codes_left(codes[0]) if codes else None,
        is_required=is_required(user),
    )


def may_reset(by: User, user: User) -> bool:
    """Whether `by` may take `user`'s factors away: never one's own, that has a page."""
    return (
        by.pk != user.pk
        and by.has_perm("accounts.change_user")
        and (by.is_superuser or not user.is_superuser)
    )


def reset(user: User, *, by: User) -> None:
    """Take every factor and recovery code from `user`, who has lost them.

    Their sessions end, because somebody else may hold the phone, and they get a mail.
    Nothing happens to who has none. Raises PermissionDenied.
    """
    if not may_reset(by, user):
        raise PermissionDenied
    with transaction.atomic():
        count, _ = Authenticator.objects.filter(user=user).delete()
        if not count:
            return
        sessions.end_all(user)
        transaction.on_commit(partial(_tell_of_reset, user, by=by))


def reseal() -> int:
    """Seal every secret with the first key; return of how many people.

    Raises UnreadableSecretError for one that no key opens.
    """
    sealed = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN)
    ids = list(sealed.values_list("pk", flat=True))
    for pk in ids:
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if row is not None:  # removed since
                row.data.update(
                    {
                        name: sealing.reseal(row.data[name])
                        for name in ("secret", "seed")
                        if name in row.data
                    }
                )
                row.save(update_fields=["data"])
    return len(ids)


def _tell_of_reset(user: User, *, by: User) -> None:
    context = {"user": user, "by": by}
    subject = render_to_string("email/factors_reset.subject.txt").strip()
    text = render_to_string("email/factors_reset.txt", context)
    user.email_user(subject, text)


def _codes_left(data: dict[str, Any]) -> int:
    used: int = data["used_mask"]
    return int(app_settings.RECOVERY_CODE_COUNT) - used.bit_count()
