"""What a large organisation serves: places and what was seen there, drawn from a seed.

The same seed and number give the same place. Names are under `.example`, which leads
nowhere (RFC 2606): an estate can be checked without knocking at anybody's door.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import TypeVar

from certs.pki.demo import words
from certs.pki.rating import Grade

T = TypeVar("T")
PLACES = len(words.SERVICES) * len(words.PRODUCTS) * len(words.DOMAINS)
DAY = timedelta(days=1)
ACME_DAYS, OTHER_DAYS = (47, 90), (90, 200, 397)


class Fate(StrEnum):
    """What became of a place; all but GOOD are rare."""

    GOOD = "good"
    EXPIRED = "expired"
    CRITICAL = "critical"
    EXPIRING = "expiring"
    MISNAMED = "misnamed"
    UNTRUSTED = "untrusted"
    PENDING = "pending"
    UNREACHABLE = "unreachable"
    UNCHECKED = "unchecked"
    PAUSED = "paused"


FATES = (
    (Fate.GOOD, 9000),
    (Fate.EXPIRED, 60),
    (Fate.CRITICAL, 120),
    (Fate.EXPIRING, 350),
    (Fate.MISNAMED, 70),
    (Fate.UNTRUSTED, 250),
    (Fate.PENDING, 5),
    (Fate.UNREACHABLE, 220),
    (Fate.UNCHECKED, 55),
    (Fate.PAUSED, 120),
)
GRADES = (
    (Grade.A_PLUS, 14),
    (Grade.A, 52),
    (Grade.A_MINUS, 9),
    (Grade.B, 18),
    (Grade.C, 3),
    (Grade.F, 4),
)
WITH_A_PAST = 0.35
SECRET_BITS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The validity of one certificate and the time in which it was served."""

    not_before: datetime
    not_after: datetime
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One endpoint of the estate; `issuer`, `team` and `tags` are positions in words.

    `spans` has the oldest first and is empty where nothing was ever served. `failed`
    is since when no check succeeds. `secret` is what its keys are drawn from.
    """

    host: str
    port: int
    names: tuple[str, ...]
    environment: str
    renewal: str
    team: int | None
    contact: float  # from 0 to 1: which of however many there are
    tags: tuple[int, ...]
    notes: str
    fate: Fate
    issuer: int
    is_rsa: bool
    spans: tuple[Span, ...]
    failed: datetime | None
    error: tuple[str, str]
    secret: int
    grade: Grade

    @property
    def has_wildcard(self) -> bool:
        """Whether its certificate is good for its neighbours, too."""
        return self.fate is Fate.GOOD and self.names[0].startswith("*")


def place(number: int, *, seed: int, now: datetime) -> Place:
    """Return place `number` of the estate as it stands at `now`."""
    chance = Random(f"{seed} {number}")  # noqa: S311 - the same every time
    now = now.replace(microsecond=0)
    environment = _pick(chance, words.ENVIRONMENTS)
    host = _host(number, infix=words.INFIX[environment])
    issuer = _pick(chance, [(n, share) for n, (_, share) in enumerate(words.ISSUERS)])
    is_acme = words.ISSUERS[issuer][0].organization in words.ACME
    fate = _pick(chance, FATES)
    spans = _spans(fate, chance, days=ACME_DAYS if is_acme else OTHER_DAYS, now=now)
    return Place(
        host=host,
        port=_pick(chance, words.PORTS),
        names=_names(host, fate, chance),
        environment=environment,
        renewal="acme" if is_acme else chance.choice(("manual", "managed", "unknown")),
        team=_pick(chance, [(None, 5), *((n, 4) for n in range(len(words.TEAMS)))]),
        contact=chance.random(),
        tags=tuple(chance.sample(range(len(words.TAGS)), chance.choice((0, 0, 1, 2)))),
        notes=_pick(chance, [("", 90), *((note, 3) for note in words.NOTES)]),
        fate=fate,
        issuer=issuer,
        is_rsa=_pick(chance, [(True, 35), (False, 65)]),
        spans=spans,
        failed=(
            now - DAY * chance.uniform(0.1, 9) if fate is Fate.UNREACHABLE else None
        ),
        error=chance.choice(words.ERRORS),
        secret=chance.getrandbits(SECRET_BITS),
        grade=_grade(fate, chance),
    )


def _pick(chance: Random, shares: Sequence[tuple[T, int]]) -> T:
    return chance.choices([each for each, _ in shares], [n for _, n in shares])[0]


def _grade(fate: Fate, chance: Random) -> Grade:
    """Return the grade of what it serves, its dates aside."""
    if fate is Fate.UNTRUSTED:
        return Grade.T
    return Grade.M if fate is Fate.MISNAMED else _pick(chance, GRADES)


def _host(number: int, *, infix: str) -> str:
    """Return a name that no other number has; neighbours are unlike each other."""
    turn, mixed = divmod(number, PLACES)
    mixed = mixed * 4099 % PLACES  # prime to PLACES: each value once
    mixed, service = divmod(mixed, len(words.SERVICES))
    domain, product = divmod(mixed, len(words.PRODUCTS))
    label = words.SERVICES[service] + (f"{turn:02}" if turn else "")
    return f"{label}.{infix}{words.PRODUCTS[product]}.{words.DOMAINS[domain]}"


def _names(host: str, fate: Fate, chance: Random) -> tuple[str, ...]:
    """Return what its certificate was issued for: itself, a wildcard, or another."""
    if fate is Fate.MISNAMED:
        return (f"old-{host}",)
    label, _, domain = host.partition(".")
    kind = _pick(chance, (("one", 63), ("wildcard", 25), ("several", 12)))
    if kind == "wildcard":
        return (f"*.{domain}", domain)
    if kind == "several":
        return (host, f"{label}-{chance.randrange(100)}.{domain}", f"alt-{host}")
    return (host,)


def _spans(
    fate: Fate, chance: Random, *, days: Sequence[int], now: datetime
) -> tuple[Span, ...]:
    """Return the certificates it served: the one of today, often one before it."""
    if fate is Fate.UNCHECKED:
        return ()
    if fate is Fate.UNREACHABLE and chance.randrange(3) == 0:
        return ()  # it never answered
    lifetime = chance.choice(days)
    ends = now + DAY * _left(fate, chance, lifetime=lifetime)
    begins = ends - DAY * lifetime
    if fate is Fate.PENDING:
        begins = now + DAY * chance.uniform(0.2, 5)
        ends = begins + DAY * lifetime
    seen = min(begins + DAY, now - DAY * chance.uniform(1, 2))
    begins, ends = begins.replace(microsecond=0), ends.replace(microsecond=0)
    today = Span(not_before=begins, not_after=ends, first_seen=seen, last_seen=now)
    if chance.random() > WITH_A_PAST:
        return (today,)
    earlier = seen - DAY * lifetime * 0.7
    before = Span(
        not_before=(earlier - DAY).replace(microsecond=0),
        not_after=(earlier - DAY).replace(microsecond=0) + DAY * lifetime,
        first_seen=earlier,
        last_seen=seen - DAY / 24,
    )
    return (before, today)


def _left(fate: Fate, chance: Random, *, lifetime: int) -> float:
    """Return the days that its certificate has left."""
    if fate is Fate.EXPIRED:
        return -chance.uniform(0.1, 60)
    if fate is Fate.CRITICAL:
        return chance.uniform(0.1, 6)
    if fate is Fate.EXPIRING:
        return chance.uniform(7.1, 20)
    return chance.uniform(min(22, lifetime / 2), lifetime)
