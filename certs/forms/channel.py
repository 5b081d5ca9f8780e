"""A channel, whose address is typed here and never shown again."""

from typing import Any

from django import forms

from accounts.editing import EditForm
from certs.models import Channel
from certs.services import channels

MOST = 2000  # characters of an address


class ChannelForm(EditForm[Channel]):
    """Name and address. Its field's name keeps it out of reports about errors."""

    secret_address = forms.CharField(
        label="Address",
        required=False,
        max_length=MOST,
        # The class is what makes a box wide in the admin.
        widget=forms.PasswordInput(
            attrs={"autocomplete": "new-password", "class": "vTextField"}
        ),
    )

    class Meta:
        model = Channel
        fields = ("name", "kind", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "secret_address" not in self.fields:  # of who may only look
            return
        address = self.fields["secret_address"]
        address.required = self.instance._state.adding
        address.help_text = (
            "Such as slack://TokenA/TokenB/TokenC or tgram://TOKEN/CHAT for Apprise, "
            "https://www.example.org/hook#SECRET for a web address, where the secret "
            "signs what is posted."
        )
        if not self.instance._state.adding:
            address.help_text += " Leave it empty to keep the present one."

    def clean(self) -> dict[str, Any] | None:
        """Refuse an address to which nothing can be posted."""
        cleaned = super().clean() or self.cleaned_data
        kind, address = cleaned.get("kind"), cleaned.get("secret_address")
        if kind and address:
            try:
                channels.check(kind, address)
            except channels.ChannelError as error:
                self.add_error("secret_address", str(error))
        elif "kind" in self.changed_data and not self.instance._state.adding:
            self.add_error("secret_address", "Enter the address of the new kind.")
        return cleaned
