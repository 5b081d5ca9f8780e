"""The ledger of warnings."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from certs.models import Endpoint


def touch(endpoint_ids: Iterable[UUID], *, now: datetime) -> None:
    """Have the endpoints looked at by the next round."""
    Endpoint.objects.filter(pk__in=list(endpoint_ids)).update(next_notice_at=now)
