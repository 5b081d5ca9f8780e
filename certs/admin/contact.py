"""Who is told, and tags."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.editing import EditAdmin
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

    search_fields = ("name",)
