"""What people type about themselves and each other."""

import zoneinfo
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.contrib.auth.forms import BaseUserCreationForm
from django.core.exceptions import ValidationError
from django.utils.translation import get_language_info

from accounts import permissions
from accounts.editing import EditForm
from accounts.models import Team, Theme, User
from accounts.roles import Role
from accounts.services import addresses, enrolment

MOST_BOXES = 100  # teams that are shown to be ticked


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
    """What every form about another person has: the role and the teams.

    Fields that are not named here are not read, whatever is sent.
    """

    role = forms.ChoiceField(initial=Role.VIEWER)
    teams = forms.ModelMultipleChoiceField(
        Team.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="An editor may change what these teams look after.",
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role, teams = self.fields["role"], self.fields["teams"]
        assert isinstance(role, forms.ChoiceField)  # noqa: S101 - for mypy
        assert isinstance(teams, forms.ModelMultipleChoiceField)  # noqa: S101
        role.choices = [(r, r.label) for r in Role if permissions.may_give(by, r)]
        teams.queryset = Team.objects.all()
        if len(teams.queryset[: MOST_BOXES + 1]) > MOST_BOXES:
            is_new = self.instance._state.adding
            own = Team.objects.none() if is_new else self.instance.teams.all()
            teams.queryset = own
            teams.help_text = "To add a team, add the person on the team’s page."
        self.helper = _helper()

    def clean_email(self) -> str:
        """Refuse an address that somebody else has confirmed as theirs."""
        email: str = self.cleaned_data["email"]
        if email.lower() in addresses.held([email], but_for=self.instance.pk):
            raise ValidationError("Somebody else has this address.", code="unique")
        return email

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class UserForm(MembershipForm):
    """Another person's account."""

    class Meta:
        model = User
        fields = ("username", "display_name", "email")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["role"] = self.instance.role() or Role.VIEWER
        self.initial["teams"] = self.instance.teams.all()


class UserAddForm(MembershipForm, BaseUserCreationForm):  # type: ignore[type-arg]  # takes none at run time
    """A new account, with a first password to hand over."""

    class Meta:
        model = User
        fields = ("username", "display_name", "email")


class BulkForm(forms.Form):
    """What to do with the people who are ticked in the list."""

    users = forms.ModelMultipleChoiceField(
        User.objects.none(),
        error_messages={"required": "Tick the people to change."},
    )
    action = forms.ChoiceField(
        choices=[
            ("deactivate", "Deactivate"),
            ("activate", "Activate"),
            *((role, f"Make them {role.value}s") for role in Role),
        ],
        error_messages={"required": "Choose what to do."},
    )

    def __init__(self, data: Any, *, most: int) -> None:
        super().__init__(data)
        self.most = most
        users = self.fields["users"]
        assert isinstance(users, forms.ModelMultipleChoiceField)  # noqa: S101
        users.queryset = User.objects.prefetch_related("groups")

    def clean_users(self) -> Any:
        """Take no more people than a page shows."""
        users = self.cleaned_data["users"]
        if len(users) > self.most:
            raise ValidationError(f"At most {self.most} people at once.")
        return users

    def change(self) -> dict[str, Any]:
        """Return what was chosen in the words of people.change_many."""
        action: str = self.cleaned_data["action"]
        if action in Role.values:
            return {"role": Role(action)}
        return {"active": action == "activate"}


class TeamForm(forms.ModelForm[Team]):
    """A team; its members have a form of their own."""

    class Meta:
        model = Team
        fields = ("name", "slug", "email")
        labels = {"slug": "Short name"}
        help_texts = {
            "slug": "Letters, digits, - and _; what files and addresses call the team.",
            "email": "Where mail to the whole team goes; it may be empty.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper()


class MemberForm(forms.Form):
    """Somebody to add to a team, by user name or mail address."""

    member = forms.CharField(max_length=254)

    def clean_member(self) -> User:
        """Return the person; upper and lower case of an address are one."""
        typed: str = self.cleaned_data["member"].strip()
        found: User | None = User.objects.filter(username=typed).first()
        found = found or User.objects.filter(email=typed).first()
        if found is None:
            raise ValidationError(f"Nobody has the user name or address “{typed}”.")
        return found


class UploadForm(forms.Form):
    """A file of people."""

    file = forms.FileField(
        label="CSV file",
        help_text=f"At most {enrolment.MOST_ROWS} people, UTF-8.",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper()

    def clean_file(self) -> str:
        """Return the text of the file."""
        file = self.cleaned_data["file"]
        if file.size > enrolment.MOST_BYTES:
            raise ValidationError("The file is larger than 1 MB.", code="size")
        try:
            return enrolment.decode(file.read())
        except enrolment.UnreadableError as error:
            raise ValidationError(str(error), code="invalid") from error


def _helper() -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    return helper
