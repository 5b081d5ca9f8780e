"""Who no longer wants to be told: what that changes, and what it cannot."""

from dataclasses import dataclass

from accounts.models import Team, User
from accounts.services import changes
from certs.models import Contact, Endpoint, Notice, Policy

CHANNEL = "channel:"  # how the key of a recipient begins that is no mail address


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """Why somebody is told: what they can end by themselves, and what stays."""

    key: str
    follows: int  # endpoints
    is_contact: bool
    teams: tuple[str, ...]  # whose mail address it is
    is_member: bool  # of a team, whose policy may tell members
    is_fallback: bool
    is_channel: bool

    @property
    def can_end(self) -> bool:
        """Whether there is anything to end."""
        return bool(self.follows or self.is_contact)

    @property
    def stays(self) -> bool:
        """Whether something may be sent all the same."""
        return bool(self.teams or self.is_member or self.is_fallback or self.is_channel)


def ties(key: str) -> Ties:
    """Tell why a recipient is told."""
    address = key.lower()
    user = User.objects.filter(email=address, is_active=True).first()
    return Ties(
        key=key,
        follows=user.followed_endpoints.count() if user else 0,
        is_contact=Contact.objects.filter(email=address, is_active=True).exists(),
        teams=tuple(Team.objects.filter(email=address).values_list("name", flat=True)),
        is_member=user is not None and user.teams.exists(),
        is_fallback=Policy.objects.filter(fallback_email__iexact=address).exists(),
        is_channel=key.startswith(CHANNEL),
    )


def has_left(address: str) -> bool:
    """Whether an address is that of an account that was closed, and of nothing else.

    A team and the fallback of a policy are told whoever reads there.
    """
    if not User.objects.filter(email=address, is_active=False).exists():
        return False
    reasons = ties(address)
    return not (reasons.teams or reasons.is_fallback)


def leave(key: str) -> Ties:
    """Unfollow every endpoint, end being a contact; returns what there was to end.

    Harmless to do twice. What waits for somebody who is told nothing any more is
    closed; nobody is told of it later.
    """
    before = ties(key)
    with changes.gathered():
        for contact in Contact.objects.filter(email=key.lower(), is_active=True):
            contact.is_active = False
            contact.save(update_fields=["is_active"])
    if before.follows:
        user = User.objects.get(email=key.lower())
        Endpoint.followers.through.objects.filter(user=user).delete()
    if before.can_end and not before.stays:
        waiting = Notice.objects.filter(recipient=key.lower(), letter=None)
        waiting.in_state(Notice.State.WAITING).update(state=Notice.State.CLOSED)
    return before
