"""Which policy is an endpoint's: the nearest wins, and why it is that one."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from certs.models import Endpoint, Policy


@dataclass(frozen=True, slots=True)
class Chosen:
    """A policy, and why it is this one."""

    policy: Policy
    why: str


def chosen(endpoints: Sequence[Endpoint]) -> dict[UUID, Chosen]:
    """Return the policy of each endpoint."""
    keys = {endpoint.policy_id for endpoint in endpoints}
    known = Policy.objects.in_bulk([key for key in keys if key])
    default = Policy.objects.get(is_default=True)
    return {
        endpoint.pk: Chosen(known[endpoint.policy_id], "chosen for this endpoint")
        if endpoint.policy_id
        else Chosen(default, "the default")
        for endpoint in endpoints
    }
