"""People: users and the teams they are in."""

from accounts.models.step import LastStep
from accounts.models.team import Team
from accounts.models.user import Theme, User

__all__ = ["LastStep", "Team", "Theme", "User"]
