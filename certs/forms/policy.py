"""A policy, with choices and ticks where its columns have codes."""

from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError

from accounts.editing import EditForm
from certs.forms.layouts import policy_helper
from certs.models import Channel, Policy
from certs.models.fields import LinesFormField
from certs.models.policy import EVERY_DAY, Event, Members
from certs.models.steps import parse
from certs.pki.findings import Severity
from certs.pki.rating import Grade
from certs.services.notices import wording

MOST_HOLIDAYS = 200
LEAP_YEAR = 2024  # has every day that a year can have
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
GRADES = [
    ("", "Not told"),
    *(
        (grade.value, f"Below {grade.value}")
        for grade in Grade
        if grade.rank <= Grade.E.rank
    ),
]
SEVERITIES = [
    ("", "Not told"),
    (Severity.CRITICAL.value, "Critical"),
    (Severity.WARNING.value, "Warning or worse"),
    (Severity.NOTICE.value, "Notice or worse"),
]


class PolicyForm(EditForm[Policy]):
    """What a policy says, in the words of people."""

    weekdays = forms.MultipleChoiceField(
        choices=list(zip(EVERY_DAY, DAYS, strict=True)),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one day."},
    )
    from_hour = forms.TypedChoiceField(
        label="From",
        coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
    )
    until_hour = forms.TypedChoiceField(
        label="Until",
        coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in range(1, 25)],
    )
    time_zone = forms.ChoiceField(required=False)
    holidays = LinesFormField(
        required=False,
        max_length=MOST_HOLIDAYS * 11,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="A line for each: 2026-12-25, or 12-25 for every year.",
    )
    events = forms.MultipleChoiceField(
        required=False,
        label="Tell of",
        choices=Event.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    grade_below = forms.ChoiceField(required=False, label="Grade falls", choices=GRADES)
    finding_severity = forms.ChoiceField(
        required=False, label="New finding", choices=SEVERITIES
    )
    channels = forms.ModelMultipleChoiceField(
        Channel.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Policy
        fields = (
            "name",
            "notes",
            "steps",
            "daily_after_step",
            "renews_itself",
            "renewal_expected",
            "renewal_grace_days",
            "weekdays",
            "from_hour",
            "until_hour",
            "time_zone",
            "holidays",
            "unreachable_after",
            "events",
            "grade_below",
            "finding_severity",
            "tells_renewal",
            "to_contacts",
            "to_members",
            "to_team",
            "to_followers",
            "channels",
            "escalate_after_days",
            "fallback_email",
            "subject",
            "body",
        )
        widgets = {
            "notes": forms.Textarea(attrs={"rows": 2}),
            "body": forms.Textarea(attrs={"rows": 10, "spellcheck": "true"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = policy_helper()
        self.initial["weekdays"] = list(self.instance.weekdays)
        self.initial["events"] = list(self.instance.events)
        if "time_zone" in self.fields:  # not of who may only look
            zone = self.fields["time_zone"]
            assert isinstance(zone, forms.ChoiceField)  # noqa: S101 - for mypy
            zone.choices = _zones(self.instance.time_zone)

    def clean_weekdays(self) -> str:
        return "".join(sorted(self.cleaned_data["weekdays"]))

    def clean_events(self) -> tuple[str, ...]:
        return tuple(self.cleaned_data["events"])

    def clean_renewal_expected(self) -> str:
        text: str = self.cleaned_data["renewal_expected"].strip()
        if len(parse(text)) > 1:
            raise ValidationError("A certificate renews itself at one time.")
        return text

    def clean_holidays(self) -> tuple[str, ...]:
        lines = tuple(dict.fromkeys(self.cleaned_data["holidays"]))
        if len(lines) > MOST_HOLIDAYS:
            raise ValidationError(f"At most {MOST_HOLIDAYS} holidays fit.")
        for line in lines:
            if not _is_day(line):
                raise ValidationError(
                    f"“{line[:20]}” is no day: write 2026-12-25, or 12-25."
                )
        return lines

    def clean(self) -> dict[str, Any] | None:
        """Refuse what could never warn anybody, and words that cannot be written."""
        cleaned = super().clean() or self.cleaned_data
        opens, closes = cleaned.get("from_hour"), cleaned.get("until_hour")
        if opens is not None and closes is not None and opens >= closes:
            self.add_error("until_hour", "It ends before it begins.")
        if cleaned.get("renews_itself") and cleaned.get("renewal_expected") == "":
            self.add_error("renewal_expected", "Say when the renewal is expected.")
        if not self.errors and not _tells_anybody(cleaned):
            raise ValidationError("Nobody would be told: choose somebody.")
        if not {"subject", "body"} & set(self.errors):
            try:
                wording.check(cleaned.get("subject", ""), cleaned.get("body", ""))
            except ValidationError as error:
                self.add_error(None, error)  # it says of which field
        return cleaned


class TeamPolicyForm(forms.Form):
    """The policy of a team, or none of its own."""

    policy = forms.ModelChoiceField(
        Policy.objects.all(), required=False, empty_label="None of its own"
    )


def _zones(present: str) -> list[tuple[str, str]]:
    names = {name for name in available_timezones() if "/" in name} | {"UTC", present}
    return [("", "The site’s own"), *((name, name) for name in sorted(names) if name)]


def _is_day(text: str) -> bool:
    is_yearly = len(text) == len("12-25")
    try:
        day = date.fromisoformat(f"{LEAP_YEAR}-{text}" if is_yearly else text)
    except ValueError:
        return False
    return text in (f"{day:%Y-%m-%d}", f"{day:%m-%d}")


def _tells_anybody(cleaned: dict[str, Any]) -> bool:
    ways = ("to_contacts", "to_team", "to_followers", "channels")
    members = cleaned.get("to_members") != Members.NONE
    return members or any(cleaned.get(way) for way in ways)
