"""The questions of the endpoint list."""

from typing import Any

from django import forms

from accounts.models import Team, User
from certs.models import Endpoint, Health
from certs.services.questions import NO_TEAM, STATUS_GROUPS, UNGRADED

SORTS = {
    "host": "host",
    "days": "not_after",
    "issuer": "issuer",
    "team": "team__name",
    "checked": "observed_at",
}
GRADES = [
    *((grade, grade) for grade in ("A+", "A", "A-", "B", "C", "D", "E", "F")),
    ("T", "T, not trusted"),
    ("M", "M, wrong name"),
    (UNGRADED, "Not graded"),
]


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
    grade = forms.ChoiceField(required=False, choices=GRADES)
    team = forms.ChoiceField(required=False)
    tag = forms.SlugField(required=False)
    followed = forms.BooleanField(required=False)
    week = forms.DateField(required=False)  # the first of seven days
    sort = forms.ChoiceField(
        required=False,
        choices=[(f"{sign}{key}", key) for key in SORTS for sign in ("", "-")],
    )

    def __init__(
        self, *args: Any, teams: list[Team], user: User, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        team = self.fields["team"]
        assert isinstance(team, forms.ChoiceField)  # noqa: S101 - for mypy
        team.choices = [(NO_TEAM, "No team"), *((str(t.pk), t.name) for t in teams)]

    def clean_followed(self) -> User | None:
        """Return who follows what is asked for, None if that was not asked."""
        return self.user if self.cleaned_data["followed"] else None
