"""The change log as a chain: is it whole, and what of it may go."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts import chain
from accounts.models import Change
from accounts.models.sealing import seal
from accounts.services import changes

BATCH = 500  # entries read or deleted at a time


@dataclass(frozen=True, slots=True)
class Head:
    """An entry of the chain: its number, and the link that stands for all before it."""

    number: int
    link: str

    def __str__(self) -> str:
        return f"{self.number}:{self.link}"


START = Head(0, chain.FIRST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The first entry that is not as it was written, and what is wrong with it."""

    number: int
    problem: str

    def __str__(self) -> str:
        return f"Entry {self.number} {self.problem}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What `verify` found: `count` sound entries up to `head`, behind `start`."""

    start: Head
    head: Head
    count: int
    waiting: int
    broken: Broken | None


def parse_head(text: str) -> Head:
    """Return the head that `verify_changelog` printed. Raises ValueError for others."""
    number, _, link = text.strip().partition(":")
    if not number.isdecimal() or len(link) != len(chain.FIRST):
        raise ValueError("A head is a number, a colon and 64 hexadecimal digits.")
    return Head(int(number), link)


def verify(*, since: Head | None = None, batch: int = BATCH) -> Report:
    """Read the whole chain; `since` is a head of earlier, which must be in it.

    Without one nobody can tell whether entries are missing at the end.
    """
    start = head = _pruned_to()
    broken = None
    for entry in _sealed_after(start.number, batch=batch):
        broken = _check(entry, head, since=since)
        if broken is not None:
            break
        head = Head(entry.number, entry.link)
    waiting = list(Change.objects.waiting()[:batch])
    return Report(
        start=start,
        head=head,
        count=head.number - start.number,
        waiting=len(waiting),
        broken=broken or _cut(head, since) or _false(waiting, head),
    )


def due(*, now: datetime, kept: timedelta) -> int:
    """Return how many entries were written longer than `kept` ago."""
    last = _last_before(now - kept)
    return Change.objects.sealed().filter(number__lte=last.number).count()


def prune(*, now: datetime, kept: timedelta, batch: int = BATCH) -> Iterator[int]:
    """Delete entries written longer than `kept` ago; yields the number each time.

    Before the first one goes, an entry of the chain itself says up to where and with
    which link it was whole. Stopping anywhere leaves the rest to the next time.
    """
    last, before = _last_before(now - kept), _pruned_to()
    if last.number > before.number:
        changes.record(
            changes.Action.PRUNE,
            model=Change._meta.label_lower,
            object_text=f"entries up to {last.number}",
            changes={
                "number": (before.number, last.number),
                "link": (before.link, last.link),
            },
        )
        seal()
    going = Change.objects.sealed().filter(number__lte=_pruned_to().number)
    while keys := list(going.values_list("pk", flat=True)[:batch]):
        with transaction.atomic():
            Change.objects.filter(pk__in=keys).prune()
        yield len(keys)


def _pruned_to() -> Head:
    """Return the last entry that was let go, START if none was."""
    pruned = Change.objects.filter(action=Change.Action.PRUNE, number__gt=0)
    last = pruned.newest_first().first()
    if last is None:
        return START
    said = last.changes
    return Head(said["number"][1], said["link"][1])


def _last_before(moment: datetime) -> Head:
    """Return the last entry of those at the beginning that are before `moment`."""
    entries = Change.objects.sealed()
    kept = entries.filter(at__gte=moment).values_list("number", flat=True).first()
    old = entries if kept is None else entries.filter(number__lt=kept)
    last = old.reverse().values_list("number", "link").first()
    return Head(*last) if last else START


def _sealed_after(number: int, *, batch: int) -> Iterator[Change]:
    while True:
        entries = Change.objects.sealed().filter(number__gt=number)[:batch]
        some = list(entries)
        yield from some
        if len(some) < batch:
            return
        number = some[-1].number


def _check(entry: Change, head: Head, *, since: Head | None) -> Broken | None:
    number = head.number + 1
    if entry.number != number:
        gone = entry.number - number
        more = f" and {gone - 1} after it are" if gone > 1 else " is"
        return Broken(number=number, problem=f"{more.strip()} missing")
    if not chain.is_proof(entry.proof, entry.facts):
        return Broken(number=number, problem="was changed")
    if not chain.is_link(entry.link, head.link, number, entry.proof):
        return Broken(number=number, problem="does not follow the one before it")
    if since is not None and since.number == number and since.link != entry.link:
        return Broken(number=number, problem="is not the one that was there before")
    return None


def _cut(head: Head, since: Head | None) -> Broken | None:
    if since is None or since.number <= head.number:
        return None
    return Broken(
        number=head.number + 1, problem=f"and all up to {since.number} are missing"
    )


def _false(waiting: list[Change], head: Head) -> Broken | None:
    false = [each for each in waiting if not chain.is_proof(each.proof, each.facts)]
    if not false:
        return None
    return Broken(number=head.number + 1, problem="waits for its place and was changed")
