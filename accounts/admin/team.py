"""Teams in the admin."""

from django.contrib import admin

from accounts.editing import EditAdmin
from accounts.models import Team


@admin.register(Team)
class TeamAdmin(EditAdmin[Team]):
    """The teams and who is in them."""

    list_display = ("name", "slug", "email")
    search_fields = ("name", "slug", "email")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("members",)
