"""Who is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from certs.models import Endpoint
from certs.services.notices.policies import Chosen


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a warning goes and why."""

    key: str
    reason: str
    user: User | None


def of(
    endpoints: Sequence[Endpoint], chosen: Mapping[UUID, Chosen]
) -> dict[UUID, list[Recipient]]:
    """Return who is told of each endpoint."""
    links = Endpoint.contacts.through.objects.filter(
        endpoint__in=[endpoint.pk for endpoint in endpoints]
    ).select_related("contact")
    told: dict[UUID, list[Recipient]] = {endpoint.pk: [] for endpoint in endpoints}
    for link in links:
        if link.contact.is_active:
            told[link.endpoint_id].append(
                Recipient(link.contact.email, "a contact of the endpoint", None)
            )
    return told
