"""Changes to accounts: the one place that gives roles and takes them away.

Pages, admin, imports, invitations and the company's sign-in come here. `by` is who does
it; without it, somebody who needs no leave does: a command, or the site itself.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts import permissions
from accounts.models import Team, Turn, User
from accounts.roles import Role
from accounts.services import addresses, changes, sessions, sign_ins


class LastAdministratorError(Exception):
    """Without this person, nobody could administer the site."""

    def __init__(self) -> None:
        super().__init__(
            "This is the last administrator: make another one an administrator first."
        )


@contextmanager
def alone() -> Iterator[None]:
    """Let one change of rights at a time happen, all of it or nothing.

    Two administrators who demote each other at the same moment do so one after the
    other, and the second is refused.
    """
    with transaction.atomic(), changes.gathered():
        Turn.take("administrators")
        yield


def save_user(
    user: User,
    *,
    role: Role,
    teams: Iterable[Team] | None = None,
    further: Iterable[Group] | None = None,
    by: User | None = None,
) -> User:
    """Save `user` and make them a member of `role`'s group and of `teams`, no others.

    Without `teams` these stay as they are, as do the `further` groups, which are no
    roles and which superusers alone give. Viewers have
    the pages; the other roles have the admin too. A superuser keeps that right whatever
    the role. An address that `by` gives is taken as confirmed.

    Raises LastAdministratorError or PermissionDenied, and then changes nothing.
    """
    with alone():
        before = User.objects.filter(pk=user.pk).prefetch_related("groups").first()
        if by is not None:
            _require_leave(by, before, after=user, role=role)
            if further is not None and not by.is_superuser:
                raise PermissionDenied
        stays = user.is_superuser or role == Role.ADMINISTRATOR
        require_an_administrator(before, stays=stays and user.is_active)
        user.is_staff = role != Role.VIEWER or user.is_superuser
        user.save()
        others = _without_roles(before) if further is None else further
        user.groups.set([Group.objects.get(name=role), *others])
        if teams is not None:
            user.teams.set(teams)
        if by is not None and (before is None or before.email != user.email):
            addresses.confirm(user)
        if not user.is_active:
            _end_sign_ins(user)
    return user


def set_active(user: User, *, active: bool, by: User | None = None) -> None:
    """Let `user` sign in, or not; a deactivated one is signed out everywhere.

    Raises LastAdministratorError or PermissionDenied, and then changes nothing.
    """
    with alone():
        before = User.objects.prefetch_related("groups").get(pk=user.pk)
        if by is not None and not permissions.may_change_account(by, before):
            raise PermissionDenied
        require_an_administrator(before, stays=active)
        user.is_active = active
        user.save(update_fields=["is_active"])
        if not active:
            _end_sign_ins(user)


def change_many(
    users: Iterable[User],
    *,
    by: User,
    role: Role | None = None,
    active: bool | None = None,
) -> int:
    """Give all of `users` a role, or let them in or not. Returns how many were changed.

    Raises LastAdministratorError or PermissionDenied, and then changes nobody.
    """
    number = 0
    with alone():
        # Oneself last: with the role goes the leave to change the others.
        for user in sorted(users, key=lambda user: user.pk == by.pk):
            if role is not None and user.role() != role:
                save_user(user, role=role, by=by)
                number += 1
            if active is not None and user.is_active != active:
                set_active(user, active=active, by=by)
                number += 1
    return number


def require_an_administrator(before: User | None, *, stays: bool) -> None:
    """Raise LastAdministratorError if the change leaves nobody; asked before it.

    A stand-alone MongoDB could not undo it afterwards.
    """
    if stays or before is None:
        return
    administrators = User.objects.administrators().filter(is_active=True)
    if (
        administrators.filter(pk=before.pk).exists()
        and not administrators.exclude(pk=before.pk).exists()
    ):
        raise LastAdministratorError


def _require_leave(by: User, before: User | None, *, after: User, role: Role) -> None:
    """Raise PermissionDenied unless `by` may make `before` what `after` is."""
    if before is None:
        allowed = permissions.has_right(by, "add", User)
    else:
        allowed = permissions.may_change_account(by, before)
    beyond = after.is_superuser and not by.is_superuser
    if not allowed or beyond or not permissions.may_give(by, role):
        raise PermissionDenied


def _end_sign_ins(user: User) -> None:
    """End sessions and refresh tokens: none of them lives again with the account."""
    sessions.end_all(user)
    sign_ins.end_all(user)


def _without_roles(user: User | None) -> list[Group]:
    """Return the groups of `user` that a site added to the roles."""
    if user is None:
        return []
    return [group for group in user.groups.all() if group.name not in Role.values]
