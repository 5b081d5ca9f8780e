"""How work in the background stands."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from certs.management.terminal import printable
from certs.services.work import standing, watchdog
from certs.services.work.standing import MOST, Backlog, Overview

LATE = 1


class Command(BaseCommand):
    """For a terminal, a monitor or a line in cron."""

    help = (
        "Show regular duties, workers, the queue and what waits for how long. "
        "Exit status: 0 all is done in time, 1 something is late."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument(
            "--mail",
            action="store_true",
            help="mail ADMINS of what is late, once for an outage, as the site does",
        )

    def handle(self, **options: Any) -> None:
        now = timezone.now()
        found = standing.standing(now=now)
        if options["mail"] and found.standstill is not None:
            watchdog.tell(found.standstill, now=now)
        if options["json"]:
            self.stdout.write(json.dumps(_facts(found), indent=2))
        else:
            self.stdout.write("\n".join(map(printable, _lines(found, now=now))))
        if not found.is_well:
            raise SystemExit(LATE)


def _lines(found: Overview, *, now: datetime) -> Iterator[str]:
    for duty in found.duties:
        done = f"{_while(now - duty.finished_at)} ago" if duty.finished_at else "never"
        numbers = ", ".join(f"{name} {each}" for name, each in duty.numbers.items())
        error = f"failed: {duty.error}" if duty.error else ""
        words = filter(None, (f"done {done}", numbers, error))
        yield _fact(watchdog.title(duty.name), "; ".join(words))
    for worker in found.workers:
        heard = _while(now - worker.seen_at)
        yield _fact(worker.get_kind_display(), f"{worker.name}, heard of {heard} ago")
    number = found.messages
    is_away = number is None
    yield _fact("Queue", "does not answer" if is_away else f"{number} messages")
    for backlog in found.backlogs:
        yield _fact(f"Due {backlog.name}", _waiting(backlog))
    if found.standstill is not None:
        yield from found.standstill.lines


def _fact(name: str, value: str) -> str:
    return f"{name:<16} {value}"


def _waiting(backlog: Backlog) -> str:
    if not backlog.number:
        return "none"
    more = " or more" if backlog.number == MOST else ""
    return f"{backlog.number:,}{more}, the first for {_while(backlog.waited)}"


def _while(time: timedelta) -> str:
    return str(timedelta(seconds=int(time.total_seconds())))


def _facts(found: Overview) -> dict[str, Any]:
    return {
        "well": found.is_well,
        "late": found.standstill.lines if found.standstill else [],
        "duties": [
            {
                "name": duty.name,
                "begun_at": duty.begun_at.isoformat() if duty.begun_at else None,
                "finished_at": (
                    duty.finished_at.isoformat() if duty.finished_at else None
                ),
                "error": duty.error,
                "numbers": duty.numbers,
            }
            for duty in found.duties
        ],
        "workers": [
            {
                "name": worker.name,
                "kind": worker.kind,
                "seen_at": worker.seen_at.isoformat(),
            }
            for worker in found.workers
        ],
        "messages": found.messages,
        "due": {
            backlog.name: {
                "number": backlog.number,
                "waited_seconds": int(backlog.waited.total_seconds()),
            }
            for backlog in found.backlogs
        },
    }
