"""Screens of what teams look after, held to the rule of accounts/permissions.py."""

from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest

from accounts import permissions
from accounts.editing import EditAdmin
from accounts.requests import person
from certs.models.scope import Owned, OwnedQuerySet

Row = TypeVar("Row", bound=Owned)


class OwnedAdmin(EditAdmin[Row]):
    """Editors change what their teams look after, and give things to these alone."""

    def has_change_permission(
        self, request: HttpRequest, obj: Row | None = None
    ) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.is_changeable_by(person(request)))

    def has_delete_permission(
        self, request: HttpRequest, obj: Row | None = None
    ) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (
            obj is None or obj.is_changeable_by(person(request), "delete")
        )

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Offer, and take, the teams that the person may act for."""
        if db_field.name == "team":
            kwargs["queryset"] = permissions.teams(person(request))
            if not permissions.acts_for_every_team(person(request)):
                kwargs["required"] = True
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


def own(
    request: HttpRequest, queryset: QuerySet[Any], action: str = "change"
) -> OwnedQuerySet[Any]:
    """Return those of a selection that the person may change, or delete."""
    rows: OwnedQuerySet[Any] = queryset.model.objects.all()
    changeable = rows.changeable_by(person(request), action)
    return changeable.filter(pk__in=queryset.values("pk"))
