"""Who may act for which team: one rule for pages, admin and commands."""

from accounts.models import User

EVERY_TEAM = "accounts.act_for_every_team"


def acts_for_every_team(user: User) -> bool:
    """Whether `user` may change what any team, or none, looks after."""
    return user.has_perm(EVERY_TEAM)
