"""People in the admin."""

from accounts.admin.person import PersonAdmin
from accounts.admin.role import RoleAdmin
from accounts.admin.team import TeamAdmin

__all__ = ["PersonAdmin", "RoleAdmin", "TeamAdmin"]
