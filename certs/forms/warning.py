"""What people type about warnings."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from certs.models import Acknowledgement, Notice, Policy
from certs.services.notices import writing

REASON = Acknowledgement._meta.get_field("reason")
SHORTEST_TERM, LONGEST_TERM = 3, 200  # characters searched for


class AcknowledgeForm(forms.Form):
    """Why somebody is on it, and until when; a day counts with its whole length."""

    reason = forms.CharField(
        max_length=REASON.max_length,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": None}),
        help_text="What is being done about it. Everybody can read it.",
    )
    until = forms.DateField(
        label="Until the end of", widget=forms.DateInput(attrs={"type": "date"})
    )
    snooze = forms.BooleanField(
        required=False,
        label="No steps either",
        help_text="Else only reminders and escalation rest.",
    )

    def __init__(
        self, *args: Any, now: datetime, latest: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.latest = latest
        self.today = timezone.localdate(now)
        last = timezone.localdate(latest)
        field = self.fields["until"]
        field.widget.attrs |= {"min": f"{self.today}", "max": f"{last}"}
        field.initial = min(last, self.today + timedelta(days=7))
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_until(self) -> datetime:
        """Return the end of the day, on the last possible day the last moment."""
        day: date = self.cleaned_data["until"]
        if day < self.today:
            raise ValidationError("This is over already.")
        if day > timezone.localdate(self.latest):
            raise ValidationError("Not later than the last step before the end.")
        end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
        return min(end, self.latest)


class MailForm(forms.Form):
    """A letter to those who answer for endpoints."""

    subject = forms.CharField(max_length=200)
    text = forms.CharField(
        max_length=writing.LONGEST_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "maxlength": None}),
    )
    # The endpoints it is about, and the one act of writing that this is.
    endpoints = forms.CharField(widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "text"
        ].help_text = (
            f"{writing.PLACE} stands for the list of each recipient’s own endpoints."
        )
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_subject(self) -> str:
        subject: str = self.cleaned_data["subject"]
        writing.check_subject(subject)
        return subject

    def clean_endpoints(self) -> list[UUID]:
        words = self.cleaned_data["endpoints"].split()
        if len(words) > writing.MOST_ENDPOINTS:
            raise ValidationError(
                f"At most {writing.MOST_ENDPOINTS} endpoints at once."
            )
        try:
            return [UUID(word) for word in words]
        except ValueError as error:
            raise ValidationError("These are no endpoints.") from error

    def clean(self) -> dict[str, Any]:
        """Have the list of endpoints in the text where there are several."""
        asked = super().clean() or self.cleaned_data
        several = len(asked.get("endpoints", ())) > 1
        if several and "text" in asked and writing.PLACE not in asked["text"]:
            self.add_error(
                "text",
                f"Where shall the endpoints be listed? Write {writing.PLACE} there.",
            )
        return asked


class LedgerFilterForm(forms.Form):
    """The questions of the list of warnings. What is no valid answer is left out."""

    q = forms.CharField(required=False, max_length=LONGEST_TERM)
    state = forms.ChoiceField(required=False, choices=Notice.State.choices)
    endpoint = forms.UUIDField(required=False)


class ComingFilterForm(forms.Form):
    """The questions of the page of what goes out next."""

    team = forms.ChoiceField(required=False)
    policy = forms.ModelChoiceField(Policy.objects.all(), required=False)

    def __init__(self, *args: Any, teams: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = self.fields["team"]
        assert isinstance(team, forms.ChoiceField)  # noqa: S101 - for mypy
        team.choices = teams
