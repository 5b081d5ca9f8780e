"""Channels: their addresses are entered, tested, and never shown."""

from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from accounts.editing import EditAdmin
from certs.forms import ChannelForm
from certs.models import Channel
from certs.services import channels
from certs.tasks.channels import test_channel

EDITED = ("name", "kind", "is_active")
ADDRESS = ("sealed_url", "tested_at", "test_error")


@admin.register(Channel)
class ChannelAdmin(EditAdmin[Channel]):
    """Where warnings go besides mail."""

    form = ChannelForm
    change_form_template = "admin/certs/channel/change_form.html"
    list_display = ("name", "kind", "shown", "is_active", "result", "tested_at")
    list_filter = ("kind", "is_active")
    search_fields = ("name",)
    readonly_fields = ("shown", "result", "tested_at")
    fieldsets = (
        (None, {"fields": ("name", "kind", "secret_address", "is_active")}),
        ("Now", {"fields": ("shown", "result", "tested_at")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Channel | None = None) -> Any:
        """Leave out what there is not yet, and what who may only look cannot change."""
        if obj is None:
            return self.fieldsets[:1]
        if not self.has_change_permission(request, obj):
            return ((None, {"fields": EDITED}), *self.fieldsets[1:])
        return self.fieldsets

    def get_urls(self) -> Any:
        address = path(
            "<uuid:pk>/test/",
            self.admin_site.admin_view(self.test),
            name="certs_channel_test",
        )
        return [address, *super().get_urls()]

    @method_decorator(require_POST)
    def test(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Have a test message sent."""
        channel = get_object_or_404(Channel, pk=pk)
        if not self.has_change_permission(request, channel):
            raise PermissionDenied
        transaction.on_commit(partial(test_channel.delay, str(channel.pk)))
        text = f"A test message is on its way to {channel}. Look again in a moment."
        self.message_user(request, text, messages.SUCCESS)
        return redirect("admin:certs_channel_change", channel.pk)

    def save_model(
        self,
        request: HttpRequest,
        obj: Channel,
        form: forms.ModelForm[Channel],
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """Seal a new address; else leave it, and what a test says of it, alone."""
        address = form.cleaned_data["secret_address"]
        if address:
            channels.replace_address(obj, address)
        written = (*EDITED, *ADDRESS) if address else EDITED
        obj.save(update_fields=written if change else None)

    @admin.display(description="Address")
    def shown(self, channel: Channel) -> str:
        return channels.shown(channel)

    @admin.display(description="Last test")
    def result(self, channel: Channel) -> str:
        if channel.tested_at is None:
            return "Not tested"
        return channel.test_error or "It arrived"
