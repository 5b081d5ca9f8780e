"""Fetches the revocation lists of private CAs and keeps what they say of themselves."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Coalesce

from certs.models import Certificate, RevocationList
from certs.pki import crl, errands

SECONDS = 60.0  # for one list, from the start of its process to the end
ERROR_LENGTH = 500  # as the column has it
# A list is fetched some fifty times while it is good: when it is overdue we know soon.
SHARE = 50
SOONEST, LATEST = timedelta(minutes=10), timedelta(hours=12)
AGAIN = timedelta(hours=1)  # after a failure


def refresh(*, now: datetime) -> Iterator[bool]:
    """Fetch what is due; yields for each list whether it could be read.

    Those of stores that are not active rest. No transaction may be open: each takes up
    to SECONDS.
    """
    rows = RevocationList.objects.filter(store__is_active=True, due_at__lte=now)
    for row in list(rows.order_by("due_at", "pk")):
        yield fetch(row, now=now)


def fetch(row: RevocationList, *, now: datetime) -> bool:
    """Fetch one list and write what came of it; tell whether it could be read.

    If it could not, what it said before stays.
    """
    same = RevocationList.objects.filter(pk=row.pk, url=row.url)
    try:
        data = errands.fetch(row.url, guard=settings.CHECK_GUARD, seconds=SECONDS)
        found = crl.read(data, known=partial(_signers, row))
    except (errands.ErrandError, crl.InvalidCRLError) as error:
        same.update(
            error=str(error)[:ERROR_LENGTH],
            failed_since=Coalesce(F("failed_since"), now),
            due_at=now + AGAIN,
        )
        return False
    every = (found.next_update - found.this_update) / SHARE
    same.update(
        issuer=found.issuer,
        number="" if found.number is None else str(found.number),
        revoked=found.revoked,
        this_update=found.this_update,
        next_update=found.next_update,
        fetched_at=now,
        error="",
        failed_since=None,
        due_at=now + min(max(every, SOONEST), LATEST),
    )
    return True


def _signers(row: RevocationList, subject: str) -> Iterator[bytes]:
    """Yield the roots of the store with that name, then such CAs of the inventory."""
    roots = row.store.roots.filter(certificate__subject=subject)
    for der in roots.values_list("certificate__der", flat=True):
        yield bytes(der)
    authorities = Certificate.objects.authorities().filter(subject=subject)
    for der in authorities.values_list("der", flat=True)[: crl.MAX_SIGNERS]:
        yield bytes(der)
