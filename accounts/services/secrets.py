"""All that is sealed in the database, whichever app keeps it."""

from typing import Any

from django.apps import apps
from django.db import models

from accounts import sealing
from accounts.fields import SealedTextField
from accounts.services import factors


def reseal() -> int:
    """Seal every secret with the first key; return how many there are.

    Raises UnreadableSecretError for one that no key opens.
    """
    return factors.reseal() + sum(
        _reseal_column(model, field.attname)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, SealedTextField)
    )


def _reseal_column(model: type[models.Model], name: str) -> int:
    """Seal a column anew, row by row; one that was replaced meanwhile is new enough."""
    rows: models.QuerySet[Any] = model._base_manager.exclude(**{name: ""})
    found = list(rows.values_list("pk", name))
    for pk, sealed in found:
        resealed = sealing.reseal(sealed)
        rows.filter(**{"pk": pk, name: sealed}).update(**{name: resealed})
    return len(found)
