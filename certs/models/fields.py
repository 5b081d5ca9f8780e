"""Column types of the inventory."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class LinesFormField(forms.CharField):
    """A box of lines that cleans to a tuple."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else _joined(value or ())

    def to_python(self, value: Any) -> Any:
        lines = (super().to_python(value) or "").splitlines()
        return tuple(filter(None, (line.strip() for line in lines)))


class SearchedField(models.TextField[str, str]):
    """A text that is found by its parts.

    What finds them is made by migrations, for each database in its own way (search.py).
    MongoDB's is kept by project/mongo, which asks for `has_parts`.
    """

    has_parts = True


class LinesField(models.TextField[tuple[str, ...] | str, tuple[str, ...]]):
    """A tuple of short texts, kept as one text with a line for each.

    One column that every database can search with `icontains`; a JSON column cannot be
    searched so on MongoDB.
    """

    def from_db_value(
        self, value: str | None, _expression: Any, _connection: BaseDatabaseWrapper
    ) -> tuple[str, ...]:
        return tuple(value.split("\n")) if value else ()

    def to_python(self, value: Any) -> tuple[str, ...]:
        if isinstance(value, str):
            return tuple(filter(None, (line.strip() for line in value.splitlines())))
        return tuple(value or ())

    def get_prep_value(self, value: Any) -> str:
        return value if isinstance(value, str) else _joined(value or ())

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": LinesFormField, **kwargs})

    def value_to_string(self, obj: models.Model) -> str:
        return _joined(self.value_from_object(obj))

    def value_from_object(self, obj: models.Model) -> tuple[str, ...]:
        return getattr(obj, self.attname) or ()


def _joined(lines: Iterable[str]) -> str:
    lines = tuple(lines)
    if any("\n" in line for line in lines):
        raise ValidationError("A line break cannot be kept in a list of lines.")
    return "\n".join(lines)
