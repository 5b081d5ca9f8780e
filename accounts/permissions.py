"""Who may change what: one rule for pages, admin, commands and the API.

Rights say which kind of thing somebody may change at all; the team that looks after a
row, whether it may be this one. Among people, nobody changes an account that ranks
above their own, and nobody gives a role above their own.
"""

from typing import Protocol
from uuid import UUID

from django.contrib.auth import get_permission_codename
from django.db import models
from django.db.models import Q

from accounts.models import Team, User
from accounts.roles import Role

EVERY_TEAM = "accounts.act_for_every_team"
CHANGE_USER = "accounts.change_user"


class Owned(Protocol):
    """A row that a team looks after, or none."""

    team_id: UUID | None


def acts_for_every_team(user: User) -> bool:
    """Whether `user` may change what any team, or none, looks after."""
    return user.has_perm(EVERY_TEAM)


def teams(user: User) -> models.QuerySet[Team]:
    """Return the teams that `user` may act for, and give things to."""
    return Team.objects.all() if acts_for_every_team(user) else user.teams.all()


def may_change(user: User, team_id: UUID | None) -> bool:
    """Whether `user` may change what this team looks after; None is what has no team.

    That is for those alone who act for every team, as is giving it one: else anybody
    could take it.
    """
    if acts_for_every_team(user):
        return True
    return team_id is not None and user.teams.filter(pk=team_id).exists()


def changeable(user: User) -> Q:
    """Return `may_change` as a condition on rows with a `team`."""
    if acts_for_every_team(user):
        return Q()
    memberships = Team.members.through.objects.filter(user=user)
    return Q(team__in=list(memberships.values_list("team", flat=True)))


def has_right(user: User, action: str, model: type[models.Model]) -> bool:
    """Whether `user` may "add", "change" or "delete" rows of this kind at all."""
    codename = get_permission_codename(action, model._meta)
    return user.has_perm(f"{model._meta.app_label}.{codename}")


def rank(user: User) -> int:
    """Tell how high an account stands: 0 without a role, superusers the highest."""
    if user.is_superuser:
        return len(Role) + 1
    return max((rank_of(role) for role in user.roles()), default=0)


def rank_of(role: Role) -> int:
    """Tell how high a role stands; the weakest is 1."""
    return list(Role).index(role) + 1


def may_change_account(user: User, account: User) -> bool:
    """Whether `user` may change this account: rights, role, teams, way in."""
    return user.has_perm(CHANGE_USER) and rank(account) <= rank(user)


def may_give(user: User, role: Role) -> bool:
    """Whether `user` may make somebody a `role`: none beyond their own."""
    return rank_of(role) <= rank(user)
