"""What a letter tells: its notices, most urgent first, in words for people.

Certificates and servers are hostile: what they say is cut, and rid of everything that
does not print, such as line ends and marks that turn the direction of writing.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from certs.models import Certificate, Endpoint, Letter, Notice, Policy
from certs.pki.grading import days_left
from certs.services.notices import links

SHOWN = 200  # warnings in a letter; of more, the number is told
SOON_DAYS = 7
LONGEST = 120  # characters of what others say
END_OF_TIME = datetime.max.replace(tzinfo=UTC)
_Kind = Notice.Kind
_ENDS = {_Kind.STEP, _Kind.REMINDER, _Kind.OVERDUE, _Kind.ENDED, _Kind.ESCALATION}
_OVER = {_Kind.RECOVERED, _Kind.RENEWED}


class Urgency(StrEnum):
    """The groups of a letter, the most urgent first."""

    ENDED = "Ended"
    SOON = "Ends today or within 7 days"
    AWAY = "Cannot be reached"
    CHANGED = "Changed"
    LATER = "Ends later"
    OVER = "Over"


_RANK = {urgency: rank for rank, urgency in enumerate(Urgency)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One warning, as plain data: nothing else gets near a template of people."""

    endpoint: str
    host: str
    port: int
    what: str
    urgency: str
    state: str
    owner: str
    environment: str
    issuer: str
    ends: datetime | str  # empty: not known
    days_left: int | str
    reason: str
    policy: str
    link: str
    acknowledge: str

    def plain(self) -> dict[str, Any]:
        """Return it as names and values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The warnings of a letter: the first SHOWN, and how many there are."""

    items: Sequence[Item]
    count: int
    policy: Policy | None  # of the most urgent one


def contents(letter: Letter, *, now: datetime) -> Contents:
    """Return what is still true of what `letter` was to tell."""
    local = timezone.localtime(now)
    keys = _most_urgent(letter, local)
    notices = {notice.pk: notice for notice in _read(keys[:SHOWN])}
    shown = [notices[key] for key in keys if key in notices]
    return Contents(
        items=[_item(notice, now=local) for notice in shown],
        count=len(keys) - (len(keys[:SHOWN]) - len(shown)),
        policy=shown[0].policy if shown else None,
    )


def printable(text: str, *, longest: int = LONGEST) -> str:
    """Return `text` on one line, without what does not print, cut at `longest`."""
    line = " ".join(text.split())
    shown = "".join(letter for letter in line if letter.isprintable())
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def urgency(kind: str, ends: datetime | None, *, now: datetime) -> Urgency:
    """Return the group of a notice; days are those of the calendar of `now`."""
    if kind == _Kind.UNREACHABLE:
        return Urgency.AWAY
    if kind in _OVER:
        return Urgency.OVER
    if kind not in _ENDS or ends is None:
        return Urgency.CHANGED
    if ends <= now:
        return Urgency.ENDED
    is_soon = days_left(ends, now=now) <= SOON_DAYS
    return Urgency.SOON if is_soon else Urgency.LATER


def _most_urgent(letter: Letter, now: datetime) -> list[UUID]:
    rows = Notice.objects.filter(letter=letter).in_state(Notice.State.WAITING)
    found = rows.order_by().values_list(
        "pk", "kind", "endpoint__not_after", "endpoint__host"
    )

    def order(row: tuple[UUID, str, datetime | None, str]) -> tuple[Any, ...]:
        key, kind, ends, host = row
        rank = _RANK[urgency(kind, ends, now=now)]
        return rank, ends or END_OF_TIME, host, str(key)

    return [row[0] for row in sorted(found, key=order)]


def _read(keys: Sequence[UUID]) -> QuerySet[Notice]:
    certificates = Certificate.objects.only("not_after", "issuer_name", "common_name")
    rows = Notice.objects.filter(pk__in=keys).in_state(Notice.State.WAITING)
    return rows.prefetch_related(
        "policy",
        Prefetch("endpoint", Endpoint.objects.prefetch_related("team")),
        Prefetch("certificate", certificates),
    )


def _item(notice: Notice, *, now: datetime) -> Item:
    endpoint, certificate = notice.endpoint, notice.certificate
    ends = certificate.not_after if certificate else endpoint.not_after
    issuer = certificate.issuer_name if certificate else endpoint.issuer
    group = urgency(notice.kind, ends, now=now)
    is_over = group == Urgency.OVER
    return Item(
        endpoint=printable(str(endpoint), longest=260),
        host=printable(endpoint.display_host, longest=253),
        port=endpoint.port,
        what=_what(notice, ends, now=now),
        urgency=str(group),
        state=str(endpoint.health(now).label),
        owner=printable(str(endpoint.team)) if endpoint.team else "",
        environment=str(endpoint.get_environment_display()),
        issuer=printable(issuer),
        ends=ends or "",
        days_left="" if ends is None else days_left(ends, now=now),
        reason=printable(notice.reason, longest=200),
        policy=printable(notice.policy.name) if notice.policy else "",
        link=f"{settings.DEFAULT_HOST}{endpoint.get_absolute_url()}",
        acknowledge=""
        if is_over
        else links.acknowledge_url(endpoint, notice.recipient),
    )


def _what(notice: Notice, ends: datetime | None, *, now: datetime) -> str:
    """Say in words what happened. A step is `kind/detail` where there is a detail."""
    detail = printable(notice.step.partition("/")[2])
    end = when(ends, now=now)
    sentences = {
        _Kind.OVERDUE: f"Not renewed as expected: {_lower(end)}",
        _Kind.ESCALATION: f"Nobody has acknowledged: {_lower(end)}",
        _Kind.UNREACHABLE: _with("Cannot be reached", notice.endpoint.error_text),
        _Kind.GRADE: f"The grade dropped to {detail or 'a lower one'}",
        _Kind.FINDING: _with("A new finding", detail.replace("-", " ")),
        _Kind.CHANGED: "Another certificate is served",
        _Kind.RECOVERED: "It can be reached again",
        _Kind.RENEWED: "It was renewed: it is over",
    }
    if notice.kind == _Kind.CHAIN:
        return _of_chain(detail, now=now)
    return sentences.get(_Kind(notice.kind), end)


def _with(sentence: str, detail: str) -> str:
    return f"{sentence}: {printable(detail)}" if detail else sentence


def when(ends: datetime | None, *, now: datetime) -> str:
    """Say in words when a certificate ends or ended."""
    if ends is None:
        return "Its end is not known"
    days = days_left(ends, now=now)
    if ends <= now:
        past = {0: "today", -1: "yesterday"}.get(days, f"{-days} days ago")
        return f"Ended {past}"
    coming = {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
    return f"Ends {coming}"


def _of_chain(detail: str, *, now: datetime) -> str:
    """Say which certificate above the one served ends: `<fingerprint…>/<step>`."""
    prefix = detail.partition("/")[0]
    above = (
        Certificate.objects.only("common_name", "not_after")
        .filter(fingerprint_sha256__startswith=prefix)
        .first()
        if prefix
        else None
    )
    if above is None:
        return "A certificate above it ends"
    return (
        f"Above it, {printable(above.name)}: {_lower(when(above.not_after, now=now))}"
    )


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
