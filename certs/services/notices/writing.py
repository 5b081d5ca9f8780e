"""Mail that somebody writes by hand to those who answer for endpoints.

Each recipient gets one letter, in which `{endpoints}` is the list of their own. What is
made here waits; who sends letters sends these too.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from certs.models import Endpoint, Letter
from certs.models.endpoint import EndpointQuerySet

MOST_ENDPOINTS = 500
MOST_RECIPIENTS = 500
SUBJECT = 200  # characters, as the column has it
LONGEST_TEXT = 10_000  # characters, before the list of endpoints
PLACE = "{endpoints}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """A mail address, why it is written to, and the endpoints it answers for."""

    address: str
    reasons: tuple[str, ...]
    endpoints: tuple[Endpoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What one recipient will read."""

    addressee: Addressee
    subject: str
    body: str


def addressees(endpoints: Sequence[Endpoint]) -> list[Addressee]:
    """Return the contacts and team addresses of `endpoints`, by address.

    Left out are contacts that are not active, and whose account is deactivated.
    """
    why: dict[str, dict[str, None]] = {}
    whose: dict[str, dict[UUID, Endpoint]] = {}

    def add(address: str, reason: str, endpoint: Endpoint) -> None:
        why.setdefault(address, {})[reason] = None
        whose.setdefault(address, {})[endpoint.pk] = endpoint

    by_key = {endpoint.pk: endpoint for endpoint in endpoints}
    links = Endpoint.contacts.through.objects.filter(endpoint__in=list(by_key))
    for link in links.select_related("contact"):
        if link.contact.is_active:
            add(link.contact.email, "contact", by_key[link.endpoint_id])
    for endpoint in endpoints:
        if endpoint.team and endpoint.team.email:
            add(endpoint.team.email, f"team {endpoint.team}", endpoint)
    gone = set(
        User.objects.filter(is_active=False, email__in=list(why)).values_list(
            "email", flat=True
        )
    )
    return [
        Addressee(
            address=address,
            reasons=tuple(why[address]),
            endpoints=tuple(sorted(whose[address].values(), key=_by_end)),
        )
        for address in sorted(why)
        if address not in gone
    ]


def suggestion(endpoints: Sequence[Endpoint], *, now: datetime) -> tuple[str, str]:
    """Return a subject and a text to begin with."""
    if len(endpoints) == 1:
        endpoint = endpoints[0]
        days = endpoint.days_left(now)
        if days is None:
            subject = f"About {endpoint}"
        elif days < 0:
            subject = f"The certificate of {endpoint} has ended"
        else:
            subject = f"The certificate of {endpoint} ends in {_days(days)}"
        text = f"Hello,\n\n{line(endpoint, now=now)}\n\nPlease renew it.\n"
        return subject[:SUBJECT], text
    text = f"Hello,\n\nabout these endpoints:\n\n{PLACE}\n\nPlease renew them.\n"
    return "Certificates that you look after", text


def drafts(
    to: Iterable[Addressee], *, subject: str, text: str, now: datetime
) -> list[Draft]:
    """Return what each recipient would get. Raises ValidationError for bad words."""
    check_subject(subject)
    to = list(to)
    if len(to) > MOST_RECIPIENTS:
        raise ValidationError(f"At most {MOST_RECIPIENTS} people can be written to.")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return [
        Draft(
            addressee=each,
            subject=subject,
            body=text.replace(
                PLACE, "\n".join(line(endpoint, now=now) for endpoint in each.endpoints)
            ),
        )
        for each in to
    ]


def write(drafts: Iterable[Draft], *, user: User, key: UUID, now: datetime) -> int:
    """Put the letters out to be sent; returns how many there are.

    `key` stands for this one act of writing: said twice, it makes no second letter.
    """
    letters = [
        Letter(
            id=uuid5(key, draft.addressee.address),
            kind=Letter.Kind.MANUAL,
            address=draft.addressee.address,
            subject=draft.subject,
            body=draft.body,
            made_by=user,
            created_at=now,
            due_at=now,
        )
        for draft in drafts
    ]
    Letter.objects.bulk_create(letters, ignore_conflicts=True)
    return len(letters)


def resend(letters: Iterable[UUID], *, now: datetime) -> int:
    """Have letters that were given up tried again; returns how many are."""
    given_up = Letter.objects.filter(pk__in=list(letters), state=Letter.State.FAILED)
    return given_up.update(
        state=Letter.State.WAITING, due_at=now, attempts=0, claim=None
    )


def writable(endpoints: EndpointQuerySet, *, user: User) -> list[Endpoint]:
    """Return those that `user` may write about: one more than may be, if too many."""
    rows = endpoints.changeable_by(user).order_by("host", "port", "pk")
    return list(rows.prefetch_related("team")[: MOST_ENDPOINTS + 1])


def check_subject(subject: str) -> None:
    """Raise ValidationError for what could be read as another header.

    A line break ends a header (RFC 5322, 2.2).
    """
    if any(not letter.isprintable() for letter in subject):
        raise ValidationError("A subject is one line, without control characters.")


def line(endpoint: Endpoint, *, now: datetime) -> str:
    """Say in one line how an endpoint is: host, days left, issuer, where to look."""
    days = endpoint.days_left(now)
    if days is None or endpoint.not_after is None:
        state = "no certificate was seen so far"
    else:
        end = endpoint.not_after
        with suppress(OverflowError):  # "no end" is in no zone ahead of UTC
            end = timezone.localtime(end)
        left = f"{_days(days)} left" if days >= 0 else f"ended {_days(-days)} ago"
        issuer = " ".join(endpoint.issuer.split())  # it may say whatever it likes
        by = f", issued by {issuer}" if issuer else ""
        state = f"{left} (until {end:%Y-%m-%d}){by}"
    where = f"{settings.DEFAULT_HOST}{endpoint.get_absolute_url()}"
    return f"{endpoint}: {state}\n{where}"


def _days(number: int) -> str:
    return f"{number} {'day' if number == 1 else 'days'}"


def _by_end(endpoint: Endpoint) -> tuple[bool, float, str]:
    end = endpoint.not_after
    return (end is None, end.timestamp() if end else 0.0, endpoint.host)
