"""What people type about themselves and each other."""

import zoneinfo
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib.auth.forms import BaseUserCreationForm

from accounts.models import Team, User
from accounts.roles import Role


def zones() -> list[tuple[str, str]]:
    """Return the time zones to choose from, the site's own first."""
    names = sorted(zoneinfo.available_timezones())
    return [("", "The site's own"), *((name, name) for name in names if "/" in name)]


class ProfileForm(forms.ModelForm[User]):
    """What people may change about themselves; an address is confirmed elsewhere."""

    time_zone = forms.ChoiceField(required=False, choices=zones)

    class Meta:
        model = User
        fields = ("display_name", "time_zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper()


class MembershipForm(forms.ModelForm[User]):
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
