"""Changes to accounts: the one place that gives roles and takes them away."""

from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q

from accounts.models import Team, User
from accounts.roles import Role
from accounts.services import changes


class LastAdministratorError(Exception):
    """Without this person, nobody could administer the site."""

    def __init__(self) -> None:
        super().__init__(
            "This is the last administrator: make another one an administrator first."
        )


def save_user(user: User, *, role: Role, teams: Iterable[Team]) -> User:
    """Save `user` and make them a member of `role`'s group and of `teams`, no others.

    Viewers have the pages; the other roles have the admin too. A superuser keeps that
    right whatever the role. Raises LastAdministratorError, and then changes nothing.
    """
    with transaction.atomic(), changes.gathered():
        user.is_staff = role != Role.VIEWER or user.is_superuser
        user.save()
        user.groups.set([Group.objects.get(name=role)])
        user.teams.set(teams)
        _require_an_administrator()
    return user


def set_active(user: User, *, active: bool) -> None:
    """Let `user` sign in, or not; open sessions of a deactivated one end at once.

    Raises LastAdministratorError, and then changes nothing.
    """
    with transaction.atomic():
        user.is_active = active
        user.save(update_fields=["is_active"])
        _require_an_administrator()


def _require_an_administrator() -> None:
    administrators = Q(is_superuser=True) | Q(groups__name=Role.ADMINISTRATOR)
    if not User.objects.filter(administrators, is_active=True).exists():
        raise LastAdministratorError
