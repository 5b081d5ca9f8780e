"""Accounts in the admin."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from accounts import permissions
from accounts.admin.filters import FactorFilter, RoleFilter, TeamFilter
from accounts.confirmation import require_proof, require_proof_first
from accounts.editing import EditAdmin, EditForm
from accounts.models import Team, User
from accounts.requests import person
from accounts.roles import Role
from accounts.services import addresses, people

MOST_AT_ONCE = 500  # people that one request may change


class RoleMixin(forms.Form):
    """The role, in place of the groups behind it; `by` is who fills the form."""

    by: User
    role = forms.ChoiceField(choices=Role.choices, initial=Role.VIEWER)

    def clean_role(self) -> Role:
        """Refuse to give more than one has."""
        role = Role(self.cleaned_data["role"])
        if not permissions.may_give(self.by, role):
            raise ValidationError("You cannot give a role beyond your own.")
        return role

    def clean_email(self) -> str:
        """Refuse an address that somebody else has confirmed as theirs."""
        email: str = self.cleaned_data["email"]
        instance: User = self.instance  # type: ignore[attr-defined]  # of the ModelForm
        if email.lower() in addresses.held([email], but_for=instance.pk):
            raise ValidationError("Somebody else has this address.", code="unique")
        return email


class PersonForm(RoleMixin, EditForm[User], UserChangeForm[User]):
    """An account that is there."""

    further_groups = forms.ModelMultipleChoiceField(
        Group.objects.exclude(name__in=Role.values),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Groups that the site added to the roles, with rights of their own.",
    )

    class Meta:
        model = User
        fields = ("username", "display_name", "email", "time_zone", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["role"] = self.instance.role() or Role.VIEWER
        self.initial["further_groups"] = self.instance.groups.all()
        if not self.by.is_superuser:  # or it would be read, though it is not shown
            del self.fields["further_groups"]

    def clean(self) -> dict[str, Any]:
        """Keep an administrator; asked within the transaction that saves."""
        cleaned = super().clean() or {}
        is_superuser = cleaned.get("is_superuser", self.instance.is_superuser)
        stays = is_superuser or cleaned.get("role") == Role.ADMINISTRATOR
        try:
            people.require_an_administrator(
                self.instance, stays=stays and cleaned.get("is_active", True)
            )
        except people.LastAdministratorError as error:
            raise ValidationError(str(error), code="last") from error
        return cleaned


class PersonAddForm(RoleMixin, AdminUserCreationForm[User]):
    """A new account."""

    class Meta:
        model = User
        fields = ("username", "email")


class MembershipInline(admin.TabularInline[Any, User]):
    """The teams of a person, found by name however many there are."""

    model = Team.members.through
    verbose_name = "team"
    verbose_name_plural = "teams"
    autocomplete_fields = ("team",)
    extra = 0


@admin.register(User)
class PersonAdmin(EditAdmin[User], UserAdmin[User]):
    """Accounts. Rights beyond a role are given by superusers alone."""

    form = PersonForm
    add_form = PersonAddForm
    inlines = (MembershipInline,)
    list_display = (
        "username",
        "display_name",
        "email",
        "role_name",
        "in_teams",
        "second_factor",
        "is_active",
        "last_login",
    )
    list_filter = ("is_active", RoleFilter, TeamFilter, FactorFilter)
    search_fields = ("username", "display_name", "email")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("display_name", "email", "time_zone")}),
        ("Rights", {"fields": ("is_active", "role", "is_superuser", "further_groups")}),
        ("Times", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "email", "role", "password1", "password2")}),
    )
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    actions = (
        "activate",
        "deactivate",
        "make_viewers",
        "make_editors",
        "make_administrators",
    )
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request)
        return rows.described()

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Keep from all but superusers what they alone may give: rights, passwords."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or person(request).is_superuser:
            return fieldsets
        beyond = {"is_superuser", "further_groups", "password"}
        return [
            (name, {"fields": [f for f in options["fields"] if f not in beyond]})
            for name, options in fieldsets
        ]

    def get_form(
        self,
        request: HttpRequest,
        obj: User | None = None,
        change: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        **kwargs: Any,
    ) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.by = person(request)
        return form

    def get_inlines(self, request: HttpRequest, obj: User | None = None) -> Any:
        return () if obj is None else self.inlines

    def has_change_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        """Keep accounts, passwords and all, from those who rank below."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (
            obj is None or permissions.may_change_account(person(request), obj)
        )

    def has_delete_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        """Accounts are deactivated: what people did stays theirs."""
        return False

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 - Django's signature
        form_url: str = "",
    ) -> HttpResponse:
        """Let superusers alone choose a password for somebody, and ask who it is.

        Administrators send a link, and never know the password.
        """
        if not person(request).is_superuser:
            raise PermissionDenied
        require_proof_first(request)
        return super().user_change_password(request, id, form_url)

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Ask who it is before the form, which takes a password."""
        if self.has_add_permission(request):
            require_proof_first(request)
        return super().add_view(request, form_url, extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Ask who it is before a change, and let one at a time be made."""
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        require_proof(request)
        with people.alone():
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(
        self,
        request: HttpRequest,
        obj: User,
        form: Any,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        people.save_user(
            obj,
            role=form.cleaned_data["role"],
            further=form.cleaned_data.get("further_groups"),
            by=person(request),
        )

    @admin.display(description="Role")
    def role_name(self, user: User) -> str:
        role = user.role()
        return role.value if role else "–"

    @admin.display(description="Teams")
    def in_teams(self, user: User) -> str:
        return ", ".join(team.name for team in user.teams.all()) or "–"

    @admin.display(description="Second factor", boolean=True)
    def second_factor(self, user: User) -> bool:
        return user.has_second_factor()

    @admin.action(description="Activate", permissions=["change"])
    def activate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._change(request, queryset, active=True)

    @admin.action(description="Deactivate", permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._change(request, queryset, active=False)

    @admin.action(description="Make them Viewers", permissions=["change"])
    def make_viewers(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._change(request, queryset, role=Role.VIEWER)

    @admin.action(description="Make them Editors", permissions=["change"])
    def make_editors(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._change(request, queryset, role=Role.EDITOR)

    @admin.action(description="Make them Administrators", permissions=["change"])
    def make_administrators(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> None:
        self._change(request, queryset, role=Role.ADMINISTRATOR)

    def _change(
        self, request: HttpRequest, queryset: QuerySet[User], **change: Any
    ) -> None:
        """Do one thing to all who were selected, or to none of them."""
        require_proof(request)
        chosen = list(queryset[: MOST_AT_ONCE + 1])
        if len(chosen) > MOST_AT_ONCE:
            text = f"At most {MOST_AT_ONCE} people at once."
            self.message_user(request, text, messages.ERROR)
            return
        try:
            number = people.change_many(chosen, by=person(request), **change)
        except people.LastAdministratorError as error:
            self.message_user(request, f"Nobody was changed. {error}", messages.ERROR)
        else:
            noun = "account was" if number == 1 else "accounts were"
            self.message_user(request, f"{number} {noun} changed.", messages.SUCCESS)
