"""People in the admin."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from accounts.admin_changes import ChangeAdmin
from accounts.models import Team, User
from accounts.requests import person

__all__ = ["ChangeAdmin", "PersonAdmin", "RoleAdmin", "TeamAdmin"]

admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    """Django's groups: the roles, and any that a site adds."""


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    """Accounts. Rights beyond a role are given by superusers alone."""

    list_display = (
        "username",
        "display_name",
        "email",
        "role",
        "is_active",
        "last_login",
    )
    list_filter = ("is_active", "groups", "teams")
    search_fields = ("username", "display_name", "email")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("display_name", "email", "time_zone")}),
        ("Rights", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Times", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "email", "password1", "password2")}),
    )
    filter_horizontal = ("groups",)
    readonly_fields = ("last_login", "date_joined")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Nobody but a superuser makes superusers."""
        fields = super().get_readonly_fields(request, obj)
        return fields if person(request).is_superuser else (*fields, "is_superuser")

    def has_change_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        """Keep superusers' accounts, passwords and all, for superusers."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (
            obj is None or not obj.is_superuser or person(request).is_superuser
        )

    def has_delete_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        """Accounts are deactivated: what people did stays theirs."""
        return False

    @admin.display(description="Role")
    def role(self, user: User) -> str:
        return ", ".join(role.value for role in user.roles()) or "–"


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin[Team]):
    """The teams and who is in them."""

    list_display = ("name", "slug", "email")
    search_fields = ("name", "slug", "email")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("members",)
