"""Who is told, and tags."""

from django.contrib import admin

from accounts.editing import EditAdmin
from certs.admin.scope import OwnedAdmin
from certs.models import Contact, Tag


@admin.register(Contact)
class ContactAdmin(OwnedAdmin[Contact]):
    """People who are told about endpoints."""

    list_display = ("email", "name", "team", "is_active")
    list_filter = ("is_active", "team")
    list_select_related = ("team",)
    search_fields = ("email", "name")
    autocomplete_fields = ("team",)


@admin.register(Tag)
class TagAdmin(EditAdmin[Tag]):
    """Words that gather endpoints across teams."""

    search_fields = ("name",)
