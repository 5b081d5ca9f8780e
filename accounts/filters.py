"""The questions of the list of people."""

from typing import Any

from django import forms

from accounts.models import Team, User
from accounts.models.people import UserQuerySet
from accounts.roles import Role

NO_ROLE = "none"
MOST_TEAMS = 100  # to choose from; others are come to from their own pages
SORTS = {
    "name": ("display_name", "username"),
    "username": ("username",),
    "mail": ("email",),
    "sign-in": ("last_login", "username"),
}
USUAL = ("-is_active", "username")


class UserFilterForm(forms.Form):
    """The questions of the list of people. What is not a valid answer is left out."""

    q = forms.CharField(required=False, max_length=100)
    role = forms.ChoiceField(
        required=False,
        choices=[(NO_ROLE, "No role"), *((role, role.value) for role in Role)],
    )
    team = forms.ModelChoiceField(Team.objects.all(), required=False)
    factor = forms.ChoiceField(
        required=False,
        choices=[("on", "With second factor"), ("off", "Without second factor")],
    )
    state = forms.ChoiceField(
        required=False, choices=[("active", "Active"), ("inactive", "Deactivated")]
    )
    sort = forms.ChoiceField(
        required=False,
        choices=[(f"{sign}{key}", key) for key in SORTS for sign in ("", "-")],
    )

    def teams(self) -> list[Team]:
        """Return the teams to choose from: a few, and the one that is chosen."""
        teams = list(Team.objects.all()[:MOST_TEAMS])
        chosen: Team | None = self.cleaned_data.get("team")
        return teams if chosen is None or chosen in teams else [chosen, *teams]


def select(asked: dict[str, Any]) -> UserQuerySet[User]:
    """Return the people who were asked for, in the order asked for."""
    rows: UserQuerySet[User] = User.objects.all()
    if asked.get("q"):
        rows = rows.matching(asked["q"])
    if asked.get("role"):
        role = asked["role"]
        rows = rows.in_role(None if role == NO_ROLE else Role(role))
    if asked.get("team"):
        rows = rows.in_team(asked["team"])
    if asked.get("factor"):
        rows = rows.with_second_factor(has_one=asked["factor"] == "on")
    if asked.get("state"):
        rows = rows.filter(is_active=asked["state"] == "active")
    return rows.order_by(*_order(asked.get("sort") or ""), "pk")


def _order(sort: str) -> list[str]:
    columns = SORTS.get(sort.removeprefix("-"), USUAL)
    if not sort.startswith("-"):
        return list(columns)
    return [f"-{column}" for column in columns]
