"""Roles, and the groups that a site adds to them."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from accounts.requests import person
from accounts.roles import Role

admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    """Django's groups. Who may change one may give rights: superusers alone.

    The roles are what migrations make them, and what the code asks for by name.
    """

    def has_add_permission(self, request: HttpRequest) -> bool:
        return person(request).is_superuser

    def has_change_permission(
        self, request: HttpRequest, obj: Group | None = None
    ) -> bool:
        return person(request).is_superuser and not _is_role(obj)

    def has_delete_permission(
        self, request: HttpRequest, obj: Group | None = None
    ) -> bool:
        return person(request).is_superuser and not _is_role(obj)

    def get_actions(self, request: HttpRequest) -> Any:
        """Offer no deletion of many at once: a role could be among them."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


def _is_role(group: Group | None) -> bool:
    return group is not None and group.name in Role.values
