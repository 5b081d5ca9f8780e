"""What is typed to invite people, and by who accepts."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib.auth.forms import BaseUserCreationForm
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.models import Invitation, Team, User
from accounts.permissions import acts_for_every_team
from accounts.roles import Role

ADDRESSES_AT_ONCE = 50
LETTERS = ADDRESSES_AT_ONCE * 255  # an address has 254 at most, and a line break


class InvitationForm(forms.Form):
    """Whom to invite, into what. Nobody gives more than they have themselves."""

    addresses = forms.CharField(
        label="Mail addresses",
        max_length=LETTERS,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=f"One on each line, {ADDRESSES_AT_ONCE} at most.",
    )
    role = forms.ChoiceField(choices=Role.choices, initial=Role.VIEWER)
    teams = forms.ModelMultipleChoiceField(
        Team.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="An editor may change what these teams look after.",
    )

    def __init__(self, *args: Any, inviter: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not acts_for_every_team(inviter):
            self.fields["role"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
                choice for choice in Role.choices if choice[0] != Role.ADMINISTRATOR
            ]
            self.fields["teams"].queryset = inviter.teams.all()  # type: ignore[attr-defined]  # a ModelMultipleChoiceField
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])

    def clean_addresses(self) -> list[str]:
        """Return the addresses in lower case, each once; all of them, or none."""
        text = self.cleaned_data["addresses"].lower()
        found = list(dict.fromkeys(text.replace(",", " ").replace(";", " ").split()))
        if len(found) > ADDRESSES_AT_ONCE:
            problem = f"These are {len(found)}; {ADDRESSES_AT_ONCE} at most, please."
            raise ValidationError(problem)
        problems = [*_malformed(found), *_known(found)]
        if problems:
            raise ValidationError(problems)
        return found


def _malformed(found: list[str]) -> list[str]:
    problems = []
    for address in found:
        try:
            validate_email(address)
        except ValidationError:
            problems.append(f"“{address[:100]}” is no mail address.")
    return problems


def _known(found: list[str]) -> list[str]:
    problems = [
        f"{user.email} has an account: {user}."
        if user.is_active
        else f"{user.email} has an account that is deactivated: {user}."
        for user in User.objects.filter(email__in=found).order_by("email")
    ]
    invited = Invitation.objects.open().filter(email__in=found)
    problems += [
        f"{email} is invited already: send the invitation again from the list."
        for email in sorted(set(invited.values_list("email", flat=True)))
    ]
    return problems


class AcceptForm(BaseUserCreationForm):  # type: ignore[type-arg]  # takes none at run time
    """The account of somebody who was invited. Address, role and teams are given."""

    class Meta:
        model = User
        fields = ("username", "display_name")

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.email = email  # for who compares the password with it
        self.helper = FormHelper()
        self.helper.form_tag = False
