"""People: users and the teams they are in, and the log of who changed what."""

from accounts.models.change import AppendOnlyError, Change
from accounts.models.team import Team
from accounts.models.user import User

__all__ = ["AppendOnlyError", "Change", "Team", "User"]
