"""How an endpoint is doing at a moment, in Python for a row and in SQL for a list.

Both say the same thing, and a test holds them to it. The first state that applies wins:
paused, unchecked, unreachable, then what is wrong with the certificate.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import Q

from certs.models.counting import Count
from certs.pki.grading import (
    CRITICAL_DAYS,
    EXPIRING_DAYS,
    Validity,
    day_start,
    validity,
)

UNTRUSTED = "T"  # as the rating guide of SSL Labs writes it


class Reachability(models.TextChoices):
    """What the last check found; the `status` column of an endpoint."""

    UP = "up", "Up"
    DOWN = "down", "Down"
    UNKNOWN = "unknown", "Not checked"


class Health(models.TextChoices):
    """The state that people see, worst first. It follows from `now`: never stored."""

    EXPIRED = "expired", "Expired"
    PENDING = "pending", "Not yet valid"
    CRITICAL = "critical", "Critical"
    MISNAMED = "misnamed", "Wrong name"
    UNTRUSTED = "untrusted", "Not trusted"
    UNREACHABLE = "unreachable", "Unreachable"
    EXPIRING = "expiring", "Expiring"
    UNCHECKED = "unchecked", "Not checked"
    PAUSED = "paused", "Paused"
    OK = "ok", "OK"


NEEDS_ATTENTION = (
    Health.EXPIRED,
    Health.PENDING,
    Health.CRITICAL,
    Health.MISNAMED,
    Health.UNTRUSTED,
    Health.UNREACHABLE,
    Health.EXPIRING,
)

_OF_VALIDITY = {
    Validity.PENDING: Health.PENDING,
    Validity.VALID: Health.OK,
    Validity.EXPIRING: Health.EXPIRING,
    Validity.CRITICAL: Health.CRITICAL,
    Validity.EXPIRED: Health.EXPIRED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many endpoints there are, and how many in each state; empty if too many."""

    total: Count
    by_state: dict[Health, Count]

    def of(self, states: Iterable[Health]) -> Count | None:
        """Return the number in `states` together, None if it is not known."""
        if not self.by_state:
            return None
        counts = [self.by_state[state] for state in states]
        inexact = [count.certainty for count in counts if not count.is_exact]
        return Count(sum(counts), *inexact[:1])


def of_served(
    not_before: datetime,
    not_after: datetime,
    *,
    name_matches: bool,
    is_trusted: bool,
    now: datetime,
) -> Health:
    """Return the state of an endpoint that serves a certificate with these facts."""
    health = _OF_VALIDITY[validity(not_before, not_after, now=now)]
    if health not in (Health.EXPIRING, Health.OK):
        return health
    if not name_matches:
        return Health.MISNAMED
    return health if is_trusted else Health.UNTRUSTED


def conditions(now: datetime) -> dict[Health, Q]:
    """For each state, which rows are in it at `now`; every row is in exactly one.

    Days are those of the calendar in `now`'s own time zone. Each condition names
    columns by value and bounds one date, as the indexes of Endpoint want it, none left
    out before the date; a second bound on the other date is a negation, which no
    database looks up in an index.
    """
    # Not `paused=False`: Django writes that as NOT paused, which SQLite's indexes do
    # not serve.
    watched = Q(paused__in=(False,))
    up = watched & Q(status=Reachability.UP)
    begun = ~Q(not_before__gt=now)
    critical_until = day_start(now, days=CRITICAL_DAYS)
    expiring_until = day_start(now, days=EXPIRING_DAYS)
    lasting = Q(not_after__gte=critical_until)
    misnamed = up & begun & Q(name_matches__in=(False,))
    named = up & begun & Q(name_matches__in=(True,))
    trusted = named & Q(is_trusted__in=(True,))
    return {
        Health.PAUSED: Q(paused__in=(True,)),
        Health.UNCHECKED: watched & Q(status=Reachability.UNKNOWN),
        Health.UNREACHABLE: watched & Q(status=Reachability.DOWN),
        Health.EXPIRED: up & Q(not_after__lt=now),
        Health.PENDING: up & Q(not_before__gt=now) & ~Q(not_after__lt=now),
        Health.CRITICAL: up
        & begun
        & Q(not_after__gte=now, not_after__lt=critical_until),
        Health.MISNAMED: misnamed & Q(is_trusted__in=(True, False)) & lasting,
        Health.UNTRUSTED: named & Q(is_trusted__in=(False,)) & lasting,
        Health.EXPIRING: trusted & lasting & Q(not_after__lt=expiring_until),
        Health.OK: trusted & Q(not_after__gte=expiring_until),
    }
