"""An endpoint, as people describe it, made into what the inventory keeps."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Field, Fieldset, Layout, Row
from django import forms
from django.conf import settings

from accounts import permissions
from accounts.editing import EditForm
from accounts.models import User
from certs.models import Endpoint
from certs.models.endpoint import DESCRIPTION, CheckHours
from certs.models.fields import LinesFormField
from certs.models.starttls import StartTLSChoices
from certs.pki import starttls
from certs.pki.hostnames import to_unicode
from certs.services import description

BY_PORT = "by-port"


class EndpointForm(EditForm[Endpoint]):
    """An endpoint as a person describes it; a pasted URL is taken apart."""

    # Not bounded by an attribute: a browser would cut a long paste without a word.
    host = forms.CharField(
        label="Host",
        help_text="A host name or an IP address. A pasted URL is taken apart.",
    )
    port = forms.IntegerField(required=False, help_text="443 if left empty.")
    server_name = forms.CharField(
        required=False,
        label="Server name",
        help_text="The name to ask for (SNI), if it is not the host.",
    )
    starttls = forms.ChoiceField(
        required=False,
        label="STARTTLS",
        initial=BY_PORT,
        choices=[(BY_PORT, "As usual on the port"), *StartTLSChoices.for_people()],
        help_text="What is spoken before TLS begins.",
    )
    contacts = LinesFormField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Who is told: mail addresses, a line for each.",
    )
    tags = forms.CharField(
        required=False, help_text="Words with a space or a comma between them."
    )

    class Meta:
        model = Endpoint
        fields = DESCRIPTION

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.everywhere = permissions.acts_for_every_team(user)
        team = self.fields["team"]
        assert isinstance(team, forms.ModelChoiceField)  # noqa: S101 - for mypy
        team.queryset = permissions.teams(user)
        team.required = not self.everywhere
        team.empty_label = "No team" if self.everywhere else "Choose…"
        self.fields["addresses"].widget.attrs["rows"] = 3
        hours = self.fields["check_hours"]
        assert isinstance(hours, forms.TypedChoiceField)  # noqa: S101 - for mypy
        usual = CheckHours.usual(settings.CHECK_HOURS)
        hours.choices = [("", f"{usual}, as usual"), *CheckHours.choices]
        policy = self.fields["policy"]
        assert isinstance(policy, forms.ModelChoiceField)  # noqa: S101 - for mypy
        policy.label = "Warned by the policy"
        policy.empty_label = "Of its tags, its team, or the default"
        notes = self.fields["notes"]
        notes.widget.attrs = {"rows": 4}  # no maxlength, as for the host
        if self.instance._state.adding:
            self.fields["port"].widget.attrs["placeholder"] = description.DEFAULT_PORT
            own = [] if self.everywhere else list(team.queryset[:2])
            if len(own) == 1:
                team.initial = own[0]
        else:
            self.initial["host"] = to_unicode(self.instance.host)
            self.initial["contacts"] = tuple(
                self.instance.contacts.values_list("email", flat=True)
            )
            self.initial["tags"] = " ".join(
                self.instance.tags.values_list("name", flat=True)
            )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "opened",
            Fieldset(
                "Where it is",
                Row(
                    Column("host", css_class="col-sm-9"),
                    Column("port", css_class="col-sm-3"),
                ),
                Row(
                    Column("server_name", css_class="col-sm-7"),
                    Column("starttls", css_class="col-sm-5"),
                ),
                Row(
                    Column("address_mode", css_class="col-sm-5"),
                    Column("addresses", css_class="col-sm-7"),
                ),
            ),
            Fieldset(
                "Who looks after it",
                Row(
                    Column("team", css_class="col-sm-6"),
                    Column("environment", css_class="col-sm-6"),
                ),
                "contacts",
            ),
            Fieldset(
                "More",
                Row(
                    Column("renewal_method", css_class="col-sm-6"),
                    Column("policy", css_class="col-sm-6"),
                ),
                "tags",
                "notes",
                Row(Column("check_hours", css_class="col-sm-6")),
                Field("paused"),
            ),
        )

    def clean_host(self) -> str:
        """Return the host alone; a port that came with it waits for clean_port."""
        address = description.address(self.cleaned_data["host"])
        self.pasted_port = address.port
        return address.host

    def clean_port(self) -> int:
        """Return the port given here, else the one pasted with the host, else 443."""
        is_pasted = "host" in self.changed_data
        return description.port(
            self.cleaned_data["port"],
            pasted=getattr(self, "pasted_port", None) if is_pasted else None,
            shown=self.instance.port,
        )

    def clean_server_name(self) -> str:
        return description.server_name(self.cleaned_data["server_name"])

    def clean_starttls(self) -> str:
        """Return what was chosen; by the port if that was."""
        chosen: str = self.cleaned_data["starttls"]
        if chosen != BY_PORT:
            return chosen
        port = self.cleaned_data.get("port", description.DEFAULT_PORT)
        return starttls.guess(port).value

    def clean_contacts(self) -> list[str]:
        return description.contacts(self.cleaned_data["contacts"])

    def clean_tags(self) -> list[str]:
        return description.tags(self.cleaned_data["tags"])
