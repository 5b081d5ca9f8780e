"""What people type, made into what the inventory keeps."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Field, Fieldset, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email, validate_slug

from accounts import permissions
from accounts.models import Team, User
from certs.models import NEEDS_ATTENTION, Endpoint, Health, Tag
from certs.models.fields import LinesFormField
from certs.pki.addresses import InvalidAddressError, parse_address
from certs.pki.hostnames import InvalidHostError, to_ascii, to_unicode
from certs.pki.x509 import (
    MAX_BYTES,
    FileContents,
    InvalidCertificateError,
    ParsedCertificate,
    read_file,
)

DEFAULT_PORT = 443
MAX_CONTACTS = 50
MAX_TAGS = 20
NO_TEAM = "none"
SORTS = {
    "host": "host",
    "days": "not_after",
    "issuer": "issuer",
    "team": "team__name",
    "checked": "observed_at",
}


class EndpointForm(forms.ModelForm[Endpoint]):
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
        fields = (
            "host",
            "port",
            "server_name",
            "address_mode",
            "addresses",
            "team",
            "environment",
            "renewal_method",
            "paused",
            "notes",
        )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.everywhere = permissions.acts_for_every_team(user)
        team = self.fields["team"]
        assert isinstance(team, forms.ModelChoiceField)  # noqa: S101 - for mypy
        team.queryset = Team.objects.all() if self.everywhere else user.teams.all()
        team.required = not self.everywhere
        team.empty_label = "No team" if self.everywhere else "Choose…"
        self.fields["addresses"].widget.attrs["rows"] = 3
        notes = self.fields["notes"]
        notes.widget.attrs = {"rows": 4}  # no maxlength, as for the host
        if self.instance._state.adding:
            self.fields["port"].widget.attrs["placeholder"] = DEFAULT_PORT
            if not self.everywhere and user.teams.count() == 1:
                team.initial = user.teams.get()
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
            Fieldset(
                "Where it is",
                Row(
                    Column("host", css_class="col-sm-9"),
                    Column("port", css_class="col-sm-3"),
                ),
                "server_name",
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
                    Column("tags", css_class="col-sm-6"),
                ),
                "notes",
                Field("paused"),
            ),
        )

    def clean_host(self) -> str:
        """Return the host alone; a port that came with it waits for clean_port."""
        try:
            address = parse_address(self.cleaned_data["host"])
        except InvalidAddressError as error:
            raise ValidationError(str(error), code="invalid") from error
        self.pasted_port = address.port
        return address.host

    def clean_port(self) -> int:
        """Return the port given here, else the one pasted with the host, else 443."""
        port: int | None = self.cleaned_data["port"]
        pasted: int | None = getattr(self, "pasted_port", None)
        if port is not None and pasted is not None and "host" in self.changed_data:
            if port not in (pasted, self.instance.port):
                raise ValidationError(
                    f"The host field says port {pasted}. Leave one of them out."
                )
            return pasted
        return port if port is not None else pasted or DEFAULT_PORT

    def clean_server_name(self) -> str:
        value: str = self.cleaned_data["server_name"]
        try:
            return to_ascii(value) if value else ""
        except InvalidHostError as error:
            raise ValidationError(str(error), code="invalid") from error

    def clean_contacts(self) -> list[str]:
        emails = list(
            dict.fromkeys(line.lower() for line in self.cleaned_data["contacts"])
        )
        if len(emails) > MAX_CONTACTS:
            raise ValidationError(f"At most {MAX_CONTACTS} contacts can be told.")
        for email in emails:
            try:
                validate_email(email)
            except ValidationError as error:
                raise ValidationError(f"“{email[:100]}” is no mail address.") from error
        return emails

    def clean_tags(self) -> list[str]:
        words = self.cleaned_data["tags"].replace(",", " ").lower().split()
        names = list(dict.fromkeys(words))
        if len(names) > MAX_TAGS:
            raise ValidationError(f"At most {MAX_TAGS} tags fit on an endpoint.")
        for name in names:
            validate_slug(name)
            MaxLengthValidator(Tag._meta.get_field("name").max_length)(name)
        return names


# The answers to "which status?" that stand for several states.
STATUS_GROUPS = {
    "attention": ("Needs attention", NEEDS_ATTENTION),
    "wrong": ("Wrong certificate", (Health.MISNAMED, Health.PENDING)),
}


class EndpointFilterForm(forms.Form):
    """The questions of the endpoint list. What is not a valid answer is left out."""

    q = forms.CharField(required=False, max_length=200)
    status = forms.ChoiceField(
        required=False,
        choices=[
            *((code, label) for code, (label, _) in STATUS_GROUPS.items()),
            *Health.choices,
        ],
    )
    environment = forms.ChoiceField(
        required=False, choices=Endpoint.Environment.choices
    )
    issuer = forms.CharField(required=False, max_length=255)
    team = forms.ChoiceField(required=False)
    tag = forms.SlugField(required=False)
    week = forms.DateField(required=False)  # the first of seven days
    sort = forms.ChoiceField(
        required=False,
        choices=[(f"{sign}{key}", key) for key in SORTS for sign in ("", "-")],
    )

    def __init__(self, *args: Any, teams: list[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = self.fields["team"]
        assert isinstance(team, forms.ChoiceField)  # noqa: S101 - for mypy
        team.choices = [(NO_TEAM, "No team"), *((str(t.pk), t.name) for t in teams)]


class CertificateForm(forms.Form):
    """Certificates as text or file; private keys in them are left out."""

    pem = forms.CharField(
        required=False,
        label="Text",
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text="One certificate or several, in PEM; text between them is skipped.",
    )
    file = forms.FileField(
        required=False,
        label="Or a file",
        help_text="PEM, DER, PKCS#7, PKCS#12 without a password or a Java keystore;"
        " at most 1 MiB.",
    )

    def clean_pem(self) -> FileContents | None:
        text: str = self.cleaned_data["pem"]
        return _contents(text.encode()) if text else None

    def clean_file(self) -> FileContents | None:
        file = self.cleaned_data["file"]
        if file is None:
            return None
        if file.size > MAX_BYTES:
            raise ValidationError("The file is larger than 1 MiB.", code="too_large")
        return _contents(file.read())

    def clean(self) -> dict[str, Any]:
        if not self.contents and not self.errors:
            raise ValidationError(
                "Paste a certificate or choose a file.", code="required"
            )
        return self.cleaned_data

    @property
    def contents(self) -> list[FileContents]:
        """What was given, text first."""
        given = [self.cleaned_data.get(name) for name in ("pem", "file")]
        return [contents for contents in given if contents]

    def certificates(self) -> tuple[ParsedCertificate, ...]:
        """Everything that was given, once the form is valid."""
        return tuple(
            parsed for contents in self.contents for parsed in contents.certificates
        )

    def remarks(self) -> list[str]:
        """Sentences about what was given, too, and is not kept: private keys, say."""
        return [contents.left_out for contents in self.contents if contents.left_out]


def _contents(data: bytes) -> FileContents:
    """Return what a file holds; all of its certificates must be readable."""
    try:
        contents = read_file(data)
    except InvalidCertificateError as error:
        raise ValidationError(str(error), code="invalid") from error
    if contents.problems:
        raise ValidationError(
            [ValidationError(each, code="invalid") for each in contents.problems]
        )
    return contents
