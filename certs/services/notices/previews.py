"""What a policy would do, shown on certificates of the inventory."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from certs.models import Endpoint, Policy
from certs.models.steps import BY_LIFETIME
from certs.services.notices import crossings
from certs.services.notices.crossings import Crossing

LOOKED_AT = 200  # endpoints from each end of the list


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """An endpoint, and when it would be warned of."""

    endpoint: Endpoint
    lifetime: timedelta
    crossings: list[Crossing]


def previews(policy: Policy, *, now: datetime) -> list[Preview]:
    """Return what `policy` would do for one endpoint of each kind of lifetime.

    Of each kind, the one that ends next; the policy may be one that is not saved.
    """
    return [
        Preview(
            endpoint=endpoint,
            lifetime=_lifetime(endpoint),
            crossings=crossings.plan(
                policy,
                not_before=endpoint.not_before,
                not_after=endpoint.not_after,
            ),
        )
        for endpoint in _examples(now)
        if endpoint.not_before and endpoint.not_after
    ]


def _examples(now: datetime) -> list[Endpoint]:
    """Return at most one endpoint per kind of lifetime, the shortest-lived first.

    Lifetimes are no column, so only those that end first and last are looked at; a
    long-lived certificate is among the last.
    """
    rows = Endpoint.objects.filter(not_after__gt=now, paused=False)
    rows = rows.only("host", "port", "not_before", "not_after")
    first = list(rows.order_by("not_after")[:LOOKED_AT])
    last = list(rows.order_by("-not_after")[:LOOKED_AT])
    found: dict[int, Endpoint] = {}
    for endpoint in (*first, *reversed(last)):
        found.setdefault(_kind(_lifetime(endpoint)), endpoint)
    return [found[kind] for kind in sorted(found)]


def _lifetime(endpoint: Endpoint) -> timedelta:
    if endpoint.not_before is None or endpoint.not_after is None:
        return timedelta()
    return endpoint.not_after - endpoint.not_before


def _kind(lifetime: timedelta) -> int:
    """Return which line of BY_LIFETIME is about such a lifetime."""
    return next(n for n, (longest, _) in enumerate(BY_LIFETIME) if lifetime <= longest)
