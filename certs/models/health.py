"""How an endpoint is doing at a moment, in Python for a row and in SQL for a list.

Both say the same thing, and a test holds them to it. The first state that applies wins:
paused, unchecked, unreachable, then what is wrong with the certificate.
"""

from datetime import datetime

from django.db import models
from django.db.models import Q

from certs.pki.grading import (
    CRITICAL_DAYS,
    EXPIRING_DAYS,
    Validity,
    day_start,
    validity,
)


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


def of_served(
    not_before: datetime, not_after: datetime, *, name_matches: bool, now: datetime
) -> Health:
    """Return the state of an endpoint that serves a certificate with these facts."""
    health = _OF_VALIDITY[validity(not_before, not_after, now=now)]
    if not name_matches and health in (Health.EXPIRING, Health.OK):
        return Health.MISNAMED
    return health


def conditions(now: datetime) -> dict[Health, Q]:
    """For each state, which rows are in it at `now`; every row is in exactly one.

    Days are those of the calendar in `now`'s own time zone.
    """
    watched = Q(paused=False)
    up = watched & Q(status=Reachability.UP)
    valid = up & Q(not_before__lte=now, not_after__gte=now)
    critical_until = day_start(now, days=CRITICAL_DAYS)
    expiring_until = day_start(now, days=EXPIRING_DAYS)
    lasting = valid & Q(not_after__gte=critical_until)
    named = lasting & Q(name_matches=True)
    return {
        Health.PAUSED: Q(paused=True),
        Health.UNCHECKED: watched & Q(status=Reachability.UNKNOWN),
        Health.UNREACHABLE: watched & Q(status=Reachability.DOWN),
        Health.EXPIRED: up & Q(not_after__lt=now),
        Health.PENDING: up & Q(not_after__gte=now, not_before__gt=now),
        Health.CRITICAL: valid & Q(not_after__lt=critical_until),
        Health.MISNAMED: lasting & Q(name_matches=False),
        Health.EXPIRING: named & Q(not_after__lt=expiring_until),
        Health.OK: named & Q(not_after__gte=expiring_until),
    }
