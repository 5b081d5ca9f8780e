"""What goes out next, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from certs.models import Endpoint, Policy
from certs.services.notices import crossings, policies, recipients
from certs.services.notices.recipients import Recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A warning that goes out if nothing changes."""

    endpoint: Endpoint
    step: str
    kind: str
    due_at: datetime
    policy: Policy
    why: str
    recipients: list[Recipient]


def coming(
    *,
    now: datetime,
    until: datetime,
    endpoints: Sequence[Endpoint] | None = None,
    limit: int = 100,
) -> list[Coming]:
    """Return what goes out until then."""
    rows = endpoints
    if rows is None:
        soon = Endpoint.objects.filter(paused=False, not_after__gte=now)
        rows = list(soon.order_by("not_after", "pk")[:limit])
    ending = [
        (row, row.not_before, row.not_after)
        for row in rows
        if row.not_before and row.not_after
    ]
    chosen = policies.chosen([row for row, _, _ in ending])
    told = recipients.of([row for row, _, _ in ending], chosen)
    found = [
        Coming(
            endpoint=row,
            step=each.key,
            kind=each.kind,
            due_at=each.due_at,
            policy=chosen[row.pk].policy,
            why=chosen[row.pk].why,
            recipients=told[row.pk],
        )
        for row, not_before, not_after in ending
        for each in crossings.plan(
            chosen[row.pk].policy, not_before=not_before, not_after=not_after
        )
        if now < each.due_at <= until
    ]
    return sorted(found, key=lambda one: one.due_at)[:limit]
