"""People: users and the teams they are in."""

from accounts.models.team import Team
from accounts.models.user import User

__all__ = ["Team", "User"]
