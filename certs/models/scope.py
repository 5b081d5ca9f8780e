"""Rows that a team looks after, held to the rule of accounts/permissions.py.

Whoever asks names the action, for a right to change is none to delete.
"""

from typing import Self, TypeVar
from uuid import UUID

from django.db import models

from accounts import permissions
from accounts.models import User

Row = TypeVar("Row", bound=models.Model)


class OwnedQuerySet(models.QuerySet[Row]):
    """A queryset of rows with a `team`."""

    def changeable_by(self, user: User, action: str = "change") -> Self:
        """Rows that `user` may change: all, or those of the user's own teams."""
        if not permissions.has_right(user, action, self.model):
            return self.none()
        return self.filter(permissions.changeable(user))


class Owned(models.Model):
    """A row with a `team`."""

    team_id: UUID | None

    class Meta:
        abstract = True

    def is_changeable_by(self, user: User, action: str = "change") -> bool:
        """Whether `user` may change this row; for a list: changeable_by."""
        allowed = permissions.has_right(user, action, type(self))
        return allowed and permissions.may_change(user, self.team_id)
