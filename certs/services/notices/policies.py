"""Which policy an endpoint is warned by, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from certs.models import Endpoint, Policy


@dataclass(frozen=True, slots=True)
class Chosen:
    """A policy, and what chose it."""

    policy: Policy
    why: str


def chosen(endpoints: Sequence[Endpoint]) -> dict[UUID, Chosen]:
    """Return the policy of each endpoint: its own, else the default."""
    rows = Policy.objects.filter(is_default=True)
    default = rows.first() or Policy(name="Standard", is_default=True)
    return {
        endpoint.pk: Chosen(endpoint.policy, "chosen for this endpoint")
        if endpoint.policy
        else Chosen(default, "the default")
        for endpoint in endpoints
    }
