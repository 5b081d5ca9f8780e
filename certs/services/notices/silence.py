"""What an acknowledgement silences, and when it is too long that there is none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from certs.models import Acknowledgement, Endpoint, Notice, Policy
from certs.services.notices import recipients
from certs.services.notices.crossings import ON_THE_DAY, Crossing
from certs.services.notices.matters import Matter

Kind = Notice.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """What is in force for the certificate of an endpoint.

    `until` is when that changes next; `ended_at` when the last one ended.
    """

    is_acknowledged: bool = False
    is_snoozed: bool = False
    until: datetime | None = None
    ended_at: datetime | None = None

    def covers(self, crossing: Crossing) -> bool:
        """Whether a crossing is not told. All are from the last before the end on."""
        if crossing.kind == Kind.REMINDER:
            return self.is_acknowledged
        is_step = crossing.kind in (Kind.STEP, Kind.OVERDUE)
        is_late = crossing.is_last or crossing.key == ON_THE_DAY
        return self.is_snoozed and is_step and not is_late


def of(rows: Sequence[Acknowledgement], *, fingerprint: str, now: datetime) -> Silence:
    """Return what `rows`, all of one endpoint, silence of this certificate at `now`."""
    mine = [row for row in rows if row.fingerprint == fingerprint]
    valid = [row for row in mine if row.withdrawn_at is None and row.until > now]
    over = [min(row.until, row.withdrawn_at or row.until) for row in mine]
    return Silence(
        is_acknowledged=bool(valid),
        is_snoozed=any(row.is_snoozed for row in valid),
        until=min((row.until for row in valid), default=None),
        ended_at=max((end for end in over if end <= now), default=None),
    )


def escalations(
    endpoint: Endpoint,
    policy: Policy,
    told: Sequence[Notice],
    silence: Silence,
) -> Iterator[Matter]:
    """Yield what is told to others as nobody acknowledges, the coming ones as well.

    The days count from when the first warning of the certificate went out, or the last
    acknowledgement ended, and once for each certificate.
    """
    served = endpoint.certificate
    if not policy.escalate_after_days or silence.is_acknowledged or served is None:
        return
    mine = [row for row in told if row.fingerprint == served.fingerprint_sha256]
    first = min(
        (row for row in mine if row.kind in (Kind.STEP, Kind.OVERDUE) and row.sent_at),
        key=lambda row: (row.sent_at, row.crossed_at),
        default=None,
    )
    ended = [row.sent_at for row in mine if row.kind == Kind.ENDED and row.sent_at]
    start = first.sent_at if first else min(ended, default=None)
    if start is None:
        return
    start = max(start, silence.ended_at or start)
    # Of those that are told each day the first is not kept apart: they are one step.
    step = first.step if first else "ended"
    wait = timedelta(days=policy.escalate_after_days)
    for number, recipient in enumerate(recipients.escalated(endpoint, policy), 1):
        yield Matter(
            key=f"escalation/{number}/{step}",
            kind=Kind.ESCALATION,
            crossed_at=start + number * wait,
            fingerprint=served.fingerprint_sha256,
            certificate=served.pk,
            others=(recipient,),
        )
