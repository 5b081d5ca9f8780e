"""What people say about a new API token."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings

from accounts import networks
from accounts.services.tokens import Wish

DAYS = 90  # until a token ends, if nobody says otherwise


class NetworksField(forms.CharField):
    """Networks as people write them; cleans to a list as it is kept."""

    widget = forms.Textarea

    def clean(self, value: Any) -> Any:
        return networks.parse(super().clean(value))


class TokenForm(forms.Form):
    """A token that nobody has yet."""

    name = forms.CharField(
        max_length=100, help_text="What will use it, for example “Backup on db1”."
    )
    days = forms.IntegerField(
        label="Days until it ends",
        min_value=1,
        max_value=settings.API_TOKEN_MAX_DAYS,
        initial=min(DAYS, settings.API_TOKEN_MAX_DAYS),
        help_text=f"No more than {settings.API_TOKEN_MAX_DAYS}.",
    )
    is_read_only = forms.BooleanField(
        label="It can only read",
        required=False,
        initial=True,
        help_text="Otherwise it can change all that you can change.",
    )
    addresses = NetworksField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="Where it works from, for example 10.0.0.0/8 or 2001:db8::/32, "
        "apart by spaces or lines. Empty means from everywhere.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def wish(self) -> Wish:
        """Return what was asked for."""
        given = self.cleaned_data
        return Wish(
            name=given["name"],
            days=given["days"],
            is_read_only=given["is_read_only"],
            networks=given["addresses"],
        )
