"""People: users, the teams they are in, and what their programs sign in with."""

from accounts.models.api_token import ApiToken, TokenState
from accounts.models.team import Team
from accounts.models.user import User

__all__ = ["ApiToken", "Team", "TokenState", "User"]
