"""What was seen can be looked at, never changed."""

from typing import TypeVar

from django.db import models
from django.http import HttpRequest

from certs.admin.paging import LargeTableAdmin

Row = TypeVar("Row", bound=models.Model)


class EvidenceAdmin(LargeTableAdmin[Row]):
    """A screen without add, change or delete, whatever a person's rights."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Row | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Row | None = None
    ) -> bool:
        return False
