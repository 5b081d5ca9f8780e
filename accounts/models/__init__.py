"""People: users and the teams they are in."""

from accounts.models.team import Team
from accounts.models.user import Theme, User

__all__ = ["Team", "Theme", "User"]
