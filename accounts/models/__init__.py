"""People: users, their teams, who was invited, what their programs sign in with."""

from accounts.models.api_token import ApiToken, TokenState
from accounts.models.change import AppendOnlyError, Change
from accounts.models.invitation import Invitation
from accounts.models.step import LastStep
from accounts.models.team import Team
from accounts.models.turn import Turn
from accounts.models.user import Theme, User

__all__ = [
    "ApiToken",
    "AppendOnlyError",
    "Change",
    "Invitation",
    "LastStep",
    "Team",
    "Theme",
    "TokenState",
    "Turn",
    "User",
]
