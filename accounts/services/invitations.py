"""Asking people to join: invite, send again, withdraw, accept."""

import hashlib
import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import Invitation, Team, User
from accounts.roles import Role
from accounts.services import addresses, changes, people

logger = logging.getLogger(__name__)


class ClosedInvitationError(Exception):
    """The link is wrong, too old, used or withdrawn; which of them is not said."""


class TakenError(Exception):
    """Somebody has got the user name or the address meanwhile."""


@dataclass(frozen=True, slots=True)
class Letter:
    """An invitation with its link, which is in no other place than the mail."""

    invitation: Invitation
    token: str

    @property
    def link(self) -> str:
        """Return where to accept, at the site's own address whatever a request says."""
        path = reverse("accounts:invitation-accept", args=[self.token])
        return f"{settings.DEFAULT_HOST}{path}"


def invite(
    email: str, *, role: Role, teams: Iterable[Team], by: User, now: datetime
) -> Letter:
    """Keep an invitation; the letter is still to be sent, once this is committed."""
    token = _token()
    with transaction.atomic():
        invitation = Invitation.objects.create(
            email=email,
            role=role,
            invited_by=by,
            created_at=now,
            expires_at=now + settings.INVITATION_LIFETIME,
            token_hash=_hash(token),
        )
        invitation.teams.set(teams)
    return Letter(invitation, token)


def renew(invitation: Invitation, *, by: User, now: datetime) -> Letter:
    """Give an open invitation a new link and its full time; the old link is over.

    Raises ClosedInvitationError when it was accepted or withdrawn.
    """
    token = _token()
    renewed = Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(
        token_hash=_hash(token),
        invited_by=by,
        sent_at=None,
        expires_at=now + settings.INVITATION_LIFETIME,
    )
    if not renewed:
        raise ClosedInvitationError
    ran_until = invitation.expires_at
    invitation.refresh_from_db()
    said = {"expires_at": (ran_until, invitation.expires_at)}
    changes.record(changes.Action.UPDATE, about=invitation, changes=said)
    return Letter(invitation, token)


def withdraw(invitation: Invitation) -> None:
    """Take an invitation back. Raises ClosedInvitationError when it was accepted."""
    mine = Invitation.objects.filter(pk=invitation.pk)
    # A link that nobody knows: from here on, nobody can accept.
    if not mine.filter(accepted_at=None).update(token_hash=_hash(_token())):
        raise ClosedInvitationError
    mine.delete()


def send(letters: Iterable[Letter], *, now: datetime) -> list[Letter]:
    """Mail `letters` over one connection; return those that could not be sent."""
    letters = list(letters)
    unsent = []
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:  # smtplib's errors are OSErrors too
        logger.warning("The mail server cannot be reached: %s", error)
        return letters
    try:
        for letter in letters:
            try:
                connection.send_messages([_mail(letter)])
            except OSError as error:
                logger.warning("An invitation cannot be sent: %s", error)
                unsent.append(letter)
            else:
                Invitation.objects.filter(pk=letter.invitation.pk).update(sent_at=now)
    finally:
        connection.close()
    return unsent


def find(token: str, *, now: datetime) -> Invitation:
    """Return the open invitation of a link. Raises ClosedInvitationError."""
    invitation = (
        Invitation.objects.select_related("invited_by")
        .filter(token_hash=_hash(token))
        .first()
    )
    if (
        invitation is None
        or not invitation.is_open(now)
        or User.objects.filter(email=invitation.email).exists()
    ):
        raise ClosedInvitationError
    return invitation


def accept(
    token: str, *, username: str, display_name: str, password: str, now: datetime
) -> User:
    """Make the account that was offered, with its role and teams.

    Raises ClosedInvitationError, also for the second of two at the same time, or
    TakenError; both leave nothing behind.
    """
    invitation = find(token, now=now)
    mine = Invitation.objects.filter(pk=invitation.pk, token_hash=_hash(token))
    user = User(username=username, display_name=display_name, email=invitation.email)
    user.set_password(password)
    try:
        with transaction.atomic():
            claimed = mine.filter(accepted_at=None, expires_at__gt=now)
            if not claimed.update(accepted_at=now):
                raise ClosedInvitationError
            people.save_user(
                user, role=Role(invitation.role), teams=invitation.teams.all()
            )
            addresses.confirm(user)
            mine.update(accepted_by=user)
            said = {"accepted_at": (None, now), "accepted_by": (None, user.username)}
            changes.record(
                changes.Action.UPDATE, about=invitation, changes=said, actor=user
            )
    except IntegrityError as error:
        # Where the database has no transactions the claim is still there.
        mine.filter(accepted_by=None).update(accepted_at=None)
        raise TakenError from error
    return user


def _mail(letter: Letter) -> EmailMultiAlternatives:
    context = {"invitation": letter.invitation, "link": letter.link}
    subject, text, html = (
        render_to_string(f"email/invitation.{part}", context)
        for part in ("subject.txt", "txt", "html")
    )
    message = EmailMultiAlternatives(
        " ".join(subject.split()), text, to=[letter.invitation.email]
    )
    message.attach_alternative(html, "text/html")
    return message


def _token() -> str:
    return secrets.token_urlsafe(32)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
