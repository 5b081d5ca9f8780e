"""Which endpoints are looked at again for warnings."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from certs.models import Endpoint


def touch(endpoint_ids: Iterable[UUID], *, now: datetime) -> None:
    """Have some endpoints looked at again."""
    Endpoint.objects.filter(pk__in=list(endpoint_ids)).update(next_notice_at=now)


def touch_all(*, now: datetime) -> None:
    """Have every endpoint looked at again."""
    Endpoint.objects.update(next_notice_at=now)
