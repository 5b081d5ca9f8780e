"""The weekly report to Administrators: what would stay quiet, and what was refused."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice

from django.conf import settings
from django.urls import reverse

from certs.models import Endpoint, Letter, TrustRoot, Undeliverable
from certs.pki import roots
from certs.services import patience
from certs.services.notices import bulletins, policies, recipients, revocation

SHOWN = 20  # rows of each kind; the report says how many more there are
BATCH = 500  # endpoints asked about at a time
SOON = timedelta(days=90)
OLD = timedelta(days=90)
WEEK = timedelta(days=7)


@dataclass(slots=True)
class Part:
    """One matter: how often there is it, and the first lines about it."""

    title: str
    number: int = 0
    lines: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        """Count it, and keep the line while there is room."""
        self.number += 1
        if len(self.lines) < SHOWN:
            self.lines.append(line)

    def __str__(self) -> str:
        more = self.number - len(self.lines)
        rest = [f"- and {more} more"] if more else []
        lines = [*(f"- {line}" for line in self.lines), *rest]
        return "\n".join([f"{self.title}: {self.number}", *lines])


def send(*, now: datetime) -> int:
    """Put a report out to each active Administrator; returns how many there are.

    Nothing to say, nothing sent. In one week of the calendar nobody gets a second one,
    however often this is called.
    """
    parts = report(now=now)
    if not parts:
        return 0
    year, week, _ = now.isocalendar()
    return bulletins.put_out(
        f"{year}-{week}",
        addresses=bulletins.administrators(),
        subject=_subject(parts),
        body=_body(parts),
        now=now,
    )


def report(*, now: datetime) -> list[Part]:
    """Return what there is to say, without what there is none of."""
    parts = (
        _untold(),
        _ending_roots(now=now),
        _old_store(now=now),
        _revocation(now=now),
        _flagged(),
        _given_up(now=now),
    )
    return [part for part in parts if part.number]


def _untold() -> Part:
    """Name the endpoints that nobody would be told of."""
    part = Part("Endpoints nobody would be told of")
    for endpoint in _silent():
        part.add(f"{endpoint} {_address(endpoint.get_absolute_url())}")
    return part


def _silent() -> Iterator[Endpoint]:
    rows = patience.read(Endpoint.objects.filter(paused=False), batch=BATCH)
    while batch := list(islice(rows, BATCH)):
        told = recipients.of(batch, policies.chosen(batch))
        yield from (endpoint for endpoint in batch if not told.get(endpoint.pk))


def _ending_roots(*, now: datetime) -> Part:
    part = Part("Roots of private trust stores that end within 90 days, or have ended")
    found = TrustRoot.objects.select_related("store", "certificate")
    for root in found.defer("certificate__der").order_by("pk"):
        end = root.certificate.not_after
        if root.store.is_active and end <= now + SOON:
            where = reverse("admin:certs_truststore_change", args=[root.store.pk])
            name = f"{root.certificate} in “{root.store}”, until {end:%Y-%m-%d}"
            part.add(f"{name} {_address(where)}")
    return part


def _old_store(*, now: datetime) -> Part:
    part = Part("Lists of public CAs older than 90 days")
    made = roots.certifi_store().as_of
    if made is not None and _is_old(made, now=now):
        part.add(f"that of certifi is of {made}; upgrade the package")
    return part


def _is_old(made: date, *, now: datetime) -> bool:
    return now.date() - made > OLD


def _revocation(*, now: datetime) -> Part:
    part = Part("Revocation lists of private CAs that are old, overdue or out of reach")
    for row in revocation.in_trouble(now=now):
        part.add(
            f"{revocation.in_words(row, now=now)} {_address(revocation.where(row))}"
        )
    return part


def _flagged() -> Part:
    part = Part("Mail addresses that were refused again and again")
    rows = Undeliverable.objects.filter(refusals__gte=Undeliverable.FLAGGED_FROM)
    for row in rows.order_by("-refused_at"):
        part.add(f"{row.address}, {row.refusals} times: {row.error[:200]}")
    return part


def _given_up(*, now: datetime) -> Part:
    part = Part("Letters of the last seven days that were given up")
    rows = Letter.objects.filter(state=Letter.State.FAILED, created_at__gte=now - WEEK)
    for row in rows.select_related("channel").order_by("-created_at", "-pk"):
        where = reverse("admin:certs_letter_change", args=[row.pk])
        to = row.address or row.channel or "a channel that is gone"
        part.add(f"to {to}: {row.error[:200]} {_address(where)}")
    return part


def _subject(parts: list[Part]) -> str:
    number = sum(part.number for part in parts)
    matters = "matter" if number == 1 else "matters"
    return f"Certdesk, weekly report: {number} {matters}"


def _body(parts: list[Part]) -> str:
    opening = "What Certdesk would stay quiet about unless somebody looks after it."
    closing = (
        "You get this once a week, as an Administrator of this site, and only when "
        "there is something to say."
    )
    return "\n\n".join([opening, *map(str, parts), closing]) + "\n"


def _address(path: str) -> str:
    return f"{settings.DEFAULT_HOST}{path}"
