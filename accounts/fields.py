"""Column types that keep a rule wherever a value comes from."""

from typing import Any

from django.db import models


class LowerCaseEmailField(models.EmailField[str, str]):
    """A mail address in lower case, stored and looked up.

    A plain unique index then means "unique whatever its case" on every database;
    MongoDB has no index on an expression.
    """

    def to_python(self, value: Any) -> Any:
        return _lower(super().to_python(value))

    def get_prep_value(self, value: Any) -> Any:
        return _lower(super().get_prep_value(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001 - Django's signature
        value = _lower(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value


class SealedTextField(models.TextField[str, str]):
    """A secret as `accounts.sealing` seals it; who writes it seals it first.

    The type alone is what `manage.py reseal` finds every such column by.
    """


def _lower(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value
