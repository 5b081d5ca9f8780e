"""Everybody's API tokens in the admin: to be seen, and to be revoked."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import (
    BlacklistedToken,
    OutstandingToken,
)

from accounts.models import ApiToken
from accounts.requests import person
from accounts.services import tokens

# Bookkeeping of sign-ins, in which nobody can do anything.
admin.site.unregister([OutstandingToken, BlacklistedToken])


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin[ApiToken]):
    """Nobody sees what a token is, and nobody but its person makes one."""

    list_display = (
        "name",
        "shown",
        "user",
        "state",
        "is_read_only",
        "expires_at",
        "last_used_at",
    )
    list_filter = ("is_read_only", "expires_at", "revoked_at")
    list_select_related = ("user",)
    search_fields = ("name", "prefix")
    search_help_text = "Name or beginning of the token"
    fields = (
        "name",
        "shown",
        "user",
        "state",
        "is_read_only",
        "networks",
        "created_at",
        "expires_at",
        "last_used_at",
        "last_used_from",
        "revoked_at",
        "revoked_by",
    )
    readonly_fields = fields
    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: ApiToken | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: ApiToken | None = None
    ) -> bool:
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Whether the person may end tokens of others."""
        return person(request).has_perm("accounts.change_apitoken")

    @admin.action(description="Revoke selected tokens", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        """End the tokens that are not ended yet."""
        now, by = timezone.now(), person(request)
        done = sum(tokens.revoke(token, by=by, now=now) for token in queryset)
        self.message_user(
            request, f"{done} of {len(queryset)} revoked.", messages.SUCCESS
        )

    @admin.display(description="Beginning")
    def shown(self, token: ApiToken) -> str:
        return token.shown

    @admin.display(description="State")
    def state(self, token: ApiToken) -> str:
        return str(token.state(timezone.now()).label)
