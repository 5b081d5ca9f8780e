"""Who is told, and tags."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from accounts.editing import EditAdmin
from accounts.requests import person
from certs.admin.scope import OwnedAdmin
from certs.models import Contact, Tag
from certs.services.notices import ledger


@admin.register(Contact)
class ContactAdmin(OwnedAdmin[Contact]):
    """People who are told about endpoints."""

    list_display = ("email", "name", "team", "is_active")
    list_filter = ("is_active", "team")
    list_select_related = ("team",)
    search_fields = ("email", "name")
    autocomplete_fields = ("team",)

    def save_model(
        self,
        request: HttpRequest,
        obj: Contact,
        form: forms.ModelForm[Contact],
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        super().save_model(request, obj, form, change)
        # Who is no longer active is not told what waits.
        ledger.touch(obj.endpoints.values_list("pk", flat=True))


@admin.register(Tag)
class TagAdmin(EditAdmin[Tag]):
    """Words that gather endpoints across teams."""

    list_display = ("__str__", "policy")
    list_select_related = ("policy",)
    search_fields = ("name",)

    def get_readonly_fields(self, request: HttpRequest, obj: Tag | None = None) -> Any:
        """Show the policy to who may add a tag, but not change policies."""
        return () if person(request).has_perm("certs.change_policy") else ("policy",)

    def save_related(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """Have endpoints looked at again where a tag chooses another policy."""
        super().save_related(request, form, formsets, change)
        if "policy" in form.changed_data:
            ledger.touch_all(now=timezone.now())
