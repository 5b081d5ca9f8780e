"""Roles and teams that follow what the company's sign-in says of a person."""

import logging
from collections.abc import Collection

from accounts.mapping import Mapping
from accounts.models import Team, User
from accounts.roles import Role
from accounts.services import people

logger = logging.getLogger(__name__)


class NotEntitledError(Exception):
    """None of this person's groups lets them in."""


def follow(user: User, groups: Collection[str], *, mapping: Mapping) -> None:
    """Give `user` the role and the teams of `groups`; write only what differs.

    The last administrator stays one, whatever the groups say. Raises NotEntitledError,
    and then changes nothing.
    """
    held = user.roles()
    role = mapping.role(groups, held=held)
    if role is None:
        raise NotEntitledError
    present = set(user.teams.all())
    teams = _teams(present, groups, mapping=mapping)
    if held == [role] and teams == present:
        return
    try:
        # Before the transaction: on MongoDB an error inside it would end it.
        people.require_an_administrator(user, stays=role == Role.ADMINISTRATOR)
    except people.LastAdministratorError:
        logger.warning(
            "%s stays the last administrator, though no group says so.", user.username
        )
        role = Role.ADMINISTRATOR
    people.save_user(user, role=role, teams=teams)


def _teams(
    present: set[Team], groups: Collection[str], *, mapping: Mapping
) -> set[Team]:
    governed = mapping.governed_slugs
    kept = {team for team in present if team.slug not in governed}
    slugs = mapping.slugs(groups)
    given = set(Team.objects.filter(slug__in=slugs))
    unknown = slugs - {team.slug for team in given}
    if unknown:
        logger.warning("No team has the slug %s.", ", ".join(sorted(unknown)))
    return kept | given
