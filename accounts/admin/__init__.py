"""People in the admin."""

from accounts.admin.change import ChangeAdmin
from accounts.admin.person import PersonAdmin
from accounts.admin.role import RoleAdmin
from accounts.admin.team import TeamAdmin
from accounts.admin.token import ApiTokenAdmin

__all__ = ["ApiTokenAdmin", "ChangeAdmin", "PersonAdmin", "RoleAdmin", "TeamAdmin"]
