"""Policies: how endpoints are warned of."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.editing import EditAdmin
from accounts.requests import person
from certs.forms import PolicyForm
from certs.forms.layouts import WHAT_ELSE, WHEN, WHOM, WORDS
from certs.models import Policy, TeamPolicy
from certs.services.notices import editing, ledger


class TeamPolicyInline(admin.TabularInline[TeamPolicy, Policy]):
    """The teams that chose a policy; who may change policies may change this."""

    model = TeamPolicy
    verbose_name = "team"
    verbose_name_plural = "teams"
    autocomplete_fields = ("team",)
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return person(request).has_perm("certs.view_policy")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return person(request).has_perm("certs.change_policy")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return person(request).has_perm("certs.change_policy")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return person(request).has_perm("certs.change_policy")


@admin.register(Policy)
class PolicyAdmin(EditAdmin[Policy]):
    """The same form as the page's; the default is chosen there."""

    form = PolicyForm
    list_display = ("name", "is_default", "steps", "daily_after_step", "renews_itself")
    list_filter = ("is_default", "renews_itself", "channels")
    search_fields = ("name", "notes")
    inlines = (TeamPolicyInline,)
    fieldsets = (
        (None, {"fields": ("name", "notes")}),
        ("When", {"fields": WHEN}),
        ("What else", {"fields": WHAT_ELSE}),
        ("Whom", {"fields": WHOM}),
        ("Words", {"fields": WORDS}),
    )

    def has_delete_permission(
        self, request: HttpRequest, obj: Policy | None = None
    ) -> bool:
        """Nobody deletes the default: make another the default first."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or not obj.is_default)

    def save_related(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """Have every endpoint looked at again once all of a policy is written."""
        super().save_related(request, form, formsets, change)
        ledger.touch_all(now=timezone.now())

    def delete_model(self, request: HttpRequest, obj: Policy) -> None:
        editing.delete(obj, now=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Policy]) -> None:
        for policy in queryset:
            editing.delete(policy, now=timezone.now())
