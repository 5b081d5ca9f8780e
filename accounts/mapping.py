"""Groups of a company's directory → roles and teams here: plain rules, no database."""

from collections.abc import Collection
from dataclasses import dataclass

from accounts.roles import Role

STRENGTH = {role: strength for strength, role in enumerate(Role)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """Which group gives which role, and puts into which team (by its slug).

    `default` is the role of who is in none of these groups; None keeps them out.
    """

    roles: tuple[tuple[str, Role], ...] = ()
    teams: tuple[tuple[str, str], ...] = ()
    default: Role | None = Role.VIEWER

    def role(self, groups: Collection[str], *, held: Collection[Role]) -> Role | None:
        """Return the strongest role of somebody in `groups`, None to keep them out.

        Of the roles `held` here, those that no group gives were given here, and stay.
        """
        governed = {role for _, role in self.roles}
        candidates = [role for group, role in self.roles if group in groups]
        candidates += [role for role in held if role not in governed]
        return max(candidates, key=STRENGTH.__getitem__, default=self.default)

    def slugs(self, groups: Collection[str]) -> set[str]:
        """Return the slugs of the teams that `groups` put somebody into."""
        return {slug for group, slug in self.teams if group in groups}

    @property
    def governed_slugs(self) -> set[str]:
        """The slugs of the teams that the directory decides on; others are left."""
        return {slug for _, slug in self.teams}
