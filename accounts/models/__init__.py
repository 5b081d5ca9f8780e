"""People: users and the teams they are in."""

from accounts.models.team import Team
from accounts.models.turn import Turn
from accounts.models.user import User

__all__ = ["Team", "Turn", "User"]
