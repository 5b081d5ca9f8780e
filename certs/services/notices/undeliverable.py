"""Addresses that mail servers refuse, counted until one takes a letter."""

from datetime import datetime

from django.db.models import F

from certs.models import Undeliverable

LONGEST = 500  # characters of what a server said


def refused(address: str, error: str, *, now: datetime) -> None:
    """Count a refusal for good (RFC 5321, 4.2.1: 5yz) of `address`."""
    Undeliverable.objects.bulk_create(
        [Undeliverable(address=address, refused_at=now)], ignore_conflicts=True
    )
    Undeliverable.objects.filter(address=address).update(
        refusals=F("refusals") + 1, error=error[:LONGEST], refused_at=now
    )


def taken(address: str) -> None:
    """Forget the refusals of `address`: a letter arrived."""
    Undeliverable.objects.filter(address=address).delete()
