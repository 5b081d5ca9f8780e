"""Somebody says "I am on it": reminders rest until a date, never past the last step.

It can be said while there is something to be on: something is wrong with the endpoint,
a step of its certificate has been crossed, or somebody was told of it. A paused
endpoint tells nobody anything, so there is nothing to silence.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from certs.models import NEEDS_ATTENTION, Acknowledgement, Endpoint, Notice, Policy
from certs.models.policy import MOST_DAYS
from certs.services.notices import crossings, ledger, policies

LONGEST = timedelta(days=MOST_DAYS)  # however far off the last step is
UNSEEN = timedelta(days=30)  # where no certificate says when that is


def acknowledge(
    endpoint: Endpoint,
    *,
    user: User,
    reason: str,
    until: datetime,
    snooze: bool,
    now: datetime,
) -> Acknowledgement:
    """Silence reminders and escalation until a moment; steps too if `snooze`.

    It takes the place of what was in force. Raises ValidationError, with the field it
    is about, when there is nothing to acknowledge or the moment is out of bounds.
    """
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": "Say what is being done about it."})
    if not is_open(endpoint, now=now):
        raise ValidationError("There is nothing to acknowledge: all is well, so far.")
    latest = latest_until(endpoint, now=now)
    if latest is None:
        raise ValidationError(
            "It is too late to silence anything: the last step before the end of the "
            "certificate has been reached."
        )
    if until <= now:
        raise ValidationError({"until": "This is over already."})
    if until > latest:
        raise ValidationError({"until": "Not later than the last step before the end."})
    said = Acknowledgement(
        endpoint=endpoint,
        fingerprint=served(endpoint),
        user=user,
        reason=reason,
        created_at=now,
        until=until,
        is_snoozed=snooze,
    )
    said.clean_fields(exclude=["endpoint", "user"])
    with transaction.atomic():
        for earlier in _open([endpoint.pk], now=now):
            _end(earlier, now=now)
        said.save(force_insert=True)
    ledger.touch([endpoint.pk], now=now)
    return said


def withdraw(acknowledgement: Acknowledgement, *, now: datetime) -> bool:
    """Take it back: from now on warnings go out as if it had not been said.

    False if it was over already.
    """
    if acknowledgement.withdrawn_at is not None or acknowledgement.until <= now:
        return False
    _end(acknowledgement, now=now)
    ledger.touch([acknowledgement.endpoint_id], now=now)
    return True


def in_force(
    endpoint_ids: Iterable[UUID], *, now: datetime
) -> dict[UUID, Acknowledgement]:
    """Return what is said of each endpoint and of the certificate it serves now."""
    keys = list(endpoint_ids)
    rows = {row.endpoint_id: row for row in _open(keys, now=now)}
    if not rows:
        return {}
    serving = dict(
        Endpoint.objects.filter(pk__in=rows).values_list(
            "pk", "certificate__fingerprint_sha256"
        )
    )
    return {
        key: row
        for key, row in rows.items()
        if row.fingerprint == (serving.get(key) or "")
    }


def latest_until(
    endpoint: Endpoint, *, now: datetime, policy: Policy | None = None
) -> datetime | None:
    """Return how long it can be silenced: until the last step before the end.

    At most 90 days; 30 where no certificate was ever seen. None if it is too late.
    `policy` is that of the endpoint, where it is known already.
    """
    not_before, not_after = endpoint.not_before, endpoint.not_after
    if not_before is None or not_after is None:
        return now + UNSEEN
    policy = policy or _policy(endpoint)
    steps = crossings.plan(policy, not_before=not_before, not_after=not_after)
    last = max(
        (step.crossed_at for step in steps if step.is_last),
        default=not_after,
    )
    return min(last, now + LONGEST) if last > now else None


def is_open(endpoint: Endpoint, *, now: datetime, policy: Policy | None = None) -> bool:
    """Whether there is anything to acknowledge; the rule is above."""
    if endpoint.paused:
        return False
    if endpoint.health(now) in NEEDS_ATTENTION:
        return True
    not_before, not_after = endpoint.not_before, endpoint.not_after
    if not_before is not None and not_after is not None:
        policy = policy or _policy(endpoint)
        steps = crossings.plan(policy, not_before=not_before, not_after=not_after)
        if any(step.crossed_at <= now for step in steps):
            return True
    told = Notice.objects.filter(endpoint=endpoint, fingerprint=served(endpoint))
    return told.filter(state__in=(Notice.State.WAITING, Notice.State.SENT)).exists()


def served(endpoint: Endpoint) -> str:
    """Return the fingerprint of the certificate that an endpoint serves, or empty."""
    return endpoint.certificate.fingerprint_sha256 if endpoint.certificate else ""


def _policy(endpoint: Endpoint) -> Policy:
    return policies.chosen([endpoint])[endpoint.pk].policy


def _open(keys: list[UUID], *, now: datetime) -> list[Acknowledgement]:
    """Return those in force, the newest last."""
    rows = Acknowledgement.objects.filter(
        endpoint__in=keys, withdrawn_at=None, until__gt=now
    )
    return list(rows.order_by("created_at", "pk"))


def _end(acknowledgement: Acknowledgement, *, now: datetime) -> None:
    acknowledgement.withdrawn_at = now
    acknowledgement.save(update_fields=["withdrawn_at"])
