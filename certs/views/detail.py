"""The parts of the detail page, made ready to print."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from certs.models import Certificate, Endpoint, Health
from certs.pki import grading
from certs.pki.hostnames import covering_name

HISTORY_DAYS = 30
HALF_DAY = timedelta(hours=12)
NAMES = 500  # on the page; a certificate may hold thousands


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How much of a certificate's lifetime has passed."""

    days: int
    left: int
    elapsed: float  # percent, 0 to 100
    renew_from: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One certificate of a chain."""

    certificate: Certificate
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The worst seen on one day of the history strip; x and width in percent."""

    day: date
    state: Health
    x: float
    width: float


def life(certificate: Certificate | None, *, now: datetime) -> Life | None:
    """Return the lifetime bar; renewal is due when a third of the lifetime is left."""
    if certificate is None:
        return None
    whole = certificate.not_after - certificate.not_before
    passed = (now - certificate.not_before) / whole if whole else 1.0
    return Life(
        days=round(whole / timedelta(days=1)),
        left=grading.days_left(certificate.not_after, now=now),
        elapsed=round(100 * min(max(passed, 0.0), 1.0), 1),
        renew_from=certificate.not_before + whole * 2 / 3,
    )


def names(endpoint: Endpoint) -> dict[str, object]:
    """Return the certificate's names, the one that covers the endpoint first."""
    certificate = endpoint.certificate
    if certificate is None:
        return {"shown": [], "more": 0, "total": 0, "match": None}
    match = covering_name(
        endpoint.expected_name,
        dns_names=certificate.dns_names,
        ip_addresses=certificate.ip_addresses,
    )
    ordered = sorted(certificate.names, key=lambda name: name != match)
    return {
        "shown": ordered[:NAMES],
        "more": max(len(ordered) - NAMES, 0),
        "total": len(ordered),
        "match": match,
    }


def chain(endpoint: Endpoint) -> list[Link]:
    """Return the chain as it was last served, leaf first."""
    run = endpoint.observations.exclude(chain="").newest_first().first()
    if run is None:
        return []
    return [
        Link(certificate=certificate, role=_role(certificate, position))
        for position, certificate in enumerate(run.chain_certificates())
    ]


def _role(certificate: Certificate, position: int) -> str:
    if position == 0:
        return "Self-signed" if certificate.is_self_issued else "Leaf"
    return "Root" if certificate.is_self_issued else "Intermediate"


def days(endpoint: Endpoint, *, now: datetime) -> list[Day]:
    """Return the last 30 days, oldest first, each in the colour of its worst run."""
    today = now.date()
    first = today - timedelta(days=HISTORY_DAYS - 1)
    runs = list(
        endpoint.observations.filter(
            last_seen_at__gte=grading.day_start(now, days=1 - HISTORY_DAYS)
        )
        .select_related("certificate")
        .defer("certificate__der")
    )
    width = 100 / HISTORY_DAYS
    strip = []
    for number in range(HISTORY_DAYS):
        day = first + timedelta(days=number)
        noon = grading.day_start(now, days=number + 1 - HISTORY_DAYS) + HALF_DAY
        states = {
            run.health(min(noon, now))
            for run in runs
            if run.first_seen_at.astimezone(now.tzinfo).date()
            <= day
            <= run.last_seen_at.astimezone(now.tzinfo).date()
        }
        worst = next((state for state in Health if state in states), Health.UNCHECKED)
        strip.append(
            Day(
                day=day,
                state=worst,
                x=round(number * width, 2),
                width=round(width * 0.9, 2),
            )
        )
    return strip
