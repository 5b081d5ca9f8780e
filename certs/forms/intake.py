"""A file of endpoints, and what is to become of its rows."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from accounts import permissions
from accounts.models import Team, User
from certs.services.intake.rows import MAX_BYTES, Table, UnreadableError

LEAVE, UPDATE = "leave", "update"


class ImportForm(forms.Form):
    """What is uploaded, and what is chosen for all of its rows."""

    file = forms.FileField(
        label="CSV file",
        help_text="The first line names the columns; one of them is host. At most"
        " 10 MB and 100,000 rows.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),
        required=False,
        label="Team of new endpoints whose row names none",
    )
    existing = forms.ChoiceField(
        label="Endpoints that are there already",
        widget=forms.RadioSelect,
        initial=LEAVE,
        choices=[
            (LEAVE, "Leave them as they are"),
            (UPDATE, "Update them with what the file says; empty cells say nothing"),
        ],
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = self.fields["team"]
        assert isinstance(team, forms.ModelChoiceField)  # noqa: S101 - for mypy
        team.queryset = permissions.teams(user)
        everywhere = permissions.acts_for_every_team(user)
        team.empty_label = "No team" if everywhere else "None: each row must name one"
        own = [] if everywhere else list(team.queryset[:2])
        if len(own) == 1:
            team.initial = own[0]

    def clean_file(self) -> Table:
        """Return the file with its heading read; its rows are read when it is kept."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        self.name = file.name or ""
        if (file.size or 0) > MAX_BYTES:
            raise ValidationError("The file is larger than 10 MB.", code="too_large")
        try:
            return Table(file.read())
        except UnreadableError as error:
            raise ValidationError(str(error), code="invalid") from error
