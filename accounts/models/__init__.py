"""People: users, the teams they are in, and who was invited."""

from accounts.models.invitation import Invitation
from accounts.models.step import LastStep
from accounts.models.team import Team
from accounts.models.turn import Turn
from accounts.models.user import Theme, User

__all__ = ["Invitation", "LastStep", "Team", "Theme", "Turn", "User"]
