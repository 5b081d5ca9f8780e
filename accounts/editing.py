"""Two people at once: nothing that somebody saved is overwritten without a word."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.choices import flatten_choices

from accounts.requests import SignedInRequest

Row = TypeVar("Row", bound=models.Model)
Rest = ParamSpec("Rest")
View = Callable[Concatenate[SignedInRequest, Rest], HttpResponse]

OPENED = "opened"
STALE = (
    "Somebody else saved this since you opened it. Nothing of yours is lost: compare "
    "both, correct the form if need be, and save again to put yours in its place."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A field in both versions, in words."""

    label: str
    saved: str
    yours: str


class OpenedField(forms.CharField):
    """What a form showed when it was opened, as a digest; never a change in itself."""

    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class EditForm(forms.ModelForm[Row]):
    """A form that is refused when its record is no longer what was opened.

    It compares what it shows, not a version: checks write to an endpoint all the time,
    and that is nobody's edit. Who posts without having opened a form has seen no older
    version, and is let through.
    """

    opened = OpenedField(required=False)
    differences: tuple[Difference, ...] = ()

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        if field_name == OPENED:
            return self._digest()
        return super().get_initial_for_field(field, field_name)

    def full_clean(self) -> None:
        """Refuse a stale form, whatever `clean` of a subclass does."""
        super().full_clean()
        if not self.is_bound or self.instance._state.adding:
            return
        key = self.add_prefix(OPENED)
        now = self._digest()
        if self.data.get(key, now) != now and self.changed_data:
            self.differences = tuple(self._compare())
            self.add_error(None, ValidationError(STALE, code="stale"))
        # Saved again, it is compared with what its person has seen by then.
        data: Any = self.data
        self.data = data.copy()
        self.data[key] = now  # type: ignore[index]  # a copy can be written to

    def _digest(self) -> str:
        if self.instance._state.adding:
            return ""
        shown = {
            name: _plain(self.get_initial_for_field(field, name))
            for name, field in self.fields.items()
            if not _is_left_out(name, field)
        }
        text = json.dumps(shown, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def _compare(self) -> Iterable[Difference]:
        for name in self.changed_data:
            field = self.fields[name]
            if not _is_left_out(name, field):
                given = self.cleaned_data.get(name, self[name].data)
                yield Difference(
                    label=str(self[name].label),
                    saved=_words(field, self.get_initial_for_field(field, name)),
                    yours=_words(field, given),
                )


class EditAdmin(admin.ModelAdmin[Row]):
    """A screen whose form notices that its record was saved meanwhile."""

    form: Any = EditForm
    change_form_template = "admin/edit_form.html"

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Row | None:
        """Return the record, held against other writers while a form is saved."""
        row: Row | None = super().get_object(request, object_id, from_field)
        if row is None or request.method != "POST" or not connection.in_atomic_block:
            return row
        _hold(type(row), row.pk)
        return super().get_object(request, object_id, from_field)


def holds(model: type[models.Model]) -> Callable[[View[Rest]], View[Rest]]:
    """Make a view of one record (`pk`) hold it while what was posted is saved.

    Who saves at the same time waits: then the form of one of them is stale. On MongoDB,
    which has no such locks, the second to write is refused by the database.
    """

    def decorate(view: View[Rest]) -> View[Rest]:
        @wraps(view)
        def held(
            request: SignedInRequest, *args: Rest.args, **kwargs: Rest.kwargs
        ) -> HttpResponse:
            if request.method != "POST":
                return view(request, *args, **kwargs)
            with transaction.atomic():
                _hold(model, kwargs["pk"])
                return view(request, *args, **kwargs)

        return cast(View[Rest], held)

    return decorate


def _hold(model: type[models.Model], key: Any) -> None:
    rows = model._base_manager.select_for_update().filter(pk=key)
    list(rows.values_list("pk"))


def _is_left_out(name: str, field: forms.Field) -> bool:
    """Whether nobody edits `field` here, or its value is a secret."""
    return (
        name == OPENED
        or field.disabled
        or isinstance(field.widget, forms.PasswordInput)
    )


def _plain(value: Any) -> Any:
    """Return `value` as JSON has it; the order of rows says nothing."""
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, models.QuerySet | list | tuple | set):
        return sorted(str(_plain(each)) for each in value)
    return str(value) if isinstance(value, UUID) else value


def _words(field: forms.Field, value: Any) -> str:
    """Return `value` as a person would write it."""
    if isinstance(field, forms.ModelChoiceField) and isinstance(value, UUID | int):
        value = field.queryset.filter(pk=value).first() if field.queryset else value
    if isinstance(value, models.QuerySet | list | tuple | set):
        return ", ".join(str(each) for each in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    labels: dict[Any, Any] = {}
    if isinstance(field, forms.ChoiceField) and isinstance(value, str):
        labels = dict(flatten_choices(cast(Any, field.choices)))
    return str(labels.get(value, "" if value is None else value))
