"""When the steps of a policy are crossed."""

from dataclasses import dataclass
from datetime import datetime

from certs.models import Notice, Policy
from certs.models.steps import for_lifetime, parse


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """A step, when it is crossed and when it is told."""

    key: str
    kind: str
    crossed_at: datetime
    due_at: datetime
    is_last: bool


def plan(
    policy: Policy, *, not_before: datetime, not_after: datetime
) -> list[Crossing]:
    """Return the steps of a certificate."""
    lifetime = not_after - not_before
    steps = parse(policy.steps) if policy.steps else for_lifetime(lifetime)
    ways = sorted({(step.before_end(lifetime), str(step)) for step in steps})
    return [
        Crossing(
            key=key,
            kind=Notice.Kind.STEP,
            crossed_at=not_after - way,
            due_at=not_after - way,
            is_last=way == ways[0][0],
        )
        for way, key in reversed(ways)
    ]
