"""When the steps of a policy are crossed."""

from dataclasses import dataclass
from datetime import datetime

from certs.models import Policy
from certs.models.steps import for_lifetime, parse


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """A step of a policy, for one certificate."""

    key: str
    kind: str
    crossed_at: datetime
    due_at: datetime
    is_last: bool


def plan(
    policy: Policy, *, not_before: datetime, not_after: datetime
) -> list[Crossing]:
    """Return the steps before the end of a certificate, in their order."""
    lifetime = not_after - not_before
    steps = parse(policy.steps) or for_lifetime(lifetime)
    moments = sorted(
        ((not_after - step.before_end(lifetime), step) for step in steps),
        key=lambda pair: pair[0],
    )
    return [
        Crossing(
            key=str(step),
            kind="step",
            crossed_at=moment,
            due_at=moment,
            is_last=step == moments[-1][1],
        )
        for moment, step in moments
    ]
