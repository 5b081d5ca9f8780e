"""What people type about themselves and each other."""

import zoneinfo
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.contrib.auth.forms import BaseUserCreationForm
from django.utils.translation import get_language_info

from accounts.editing import EditForm
from accounts.models import Team, Theme, User
from accounts.roles import Role


def zones() -> list[tuple[str, str]]:
    """Return the time zones to choose from, the site's own first."""
    names = sorted(zoneinfo.available_timezones())
    own = settings.DEFAULT_VIEWER_ZONE
    return [(own, f"{own}, the site's own"), *((n, n) for n in names if "/" in n)]


def languages() -> list[tuple[str, str]]:
    """Return the languages that dates can be written in, each with an example."""
    return [
        ("", "The site's own"),
        *(
            (code, get_language_info(code)["name_local"].capitalize())
            for code, _ in settings.LANGUAGES
        ),
    ]


class ProfileForm(EditForm[User]):
    """What people may change about themselves."""

    time_zone = forms.ChoiceField(required=False, choices=zones)
    date_language = forms.ChoiceField(
        required=False,
        label="Language of dates",
        choices=languages,
        help_text="Dates alone: the pages are in English.",
    )
    theme = forms.ChoiceField(
        required=False,
        choices=[("", "As the system has it"), *Theme.choices],
        help_text="For browsers in which you have not chosen one from the menu.",
    )

    class Meta:
        model = User
        fields = ("display_name", "time_zone", "date_language", "theme")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper()


class MembershipForm(EditForm[User]):
    """What every form about another person has: the role and the teams."""

    role = forms.ChoiceField(choices=Role.choices, initial=Role.VIEWER)
    teams = forms.ModelMultipleChoiceField(
        Team.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="An editor may change what these teams look after.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper()

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class UserForm(MembershipForm):
    """Another person's account."""

    class Meta:
        model = User
        fields = ("username", "display_name", "email", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = self.instance.roles()
        if roles:
            self.initial["role"] = roles[-1]
        elif self.instance.is_superuser:
            self.initial["role"] = Role.ADMINISTRATOR
        self.initial["teams"] = self.instance.teams.all()


class UserAddForm(MembershipForm, BaseUserCreationForm):  # type: ignore[type-arg]  # takes none at run time
    """A new account, with a first password to hand over."""

    class Meta:
        model = User
        fields = ("username", "display_name", "email")


def _helper() -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    return helper
