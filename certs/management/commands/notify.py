"""Record and send warnings from the command line, or show what would go out."""

import json
from argparse import ArgumentParser
from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date

from certs.management.terminal import printable
from certs.models import Endpoint, Letter
from certs.pki.addresses import InvalidAddressError, parse_address
from certs.services.notices import delivery, forecast, ledger, letters, policies

USAGE = 2
MOST = 10_000  # lines
COLUMNS = ("DUE (UTC)", "ENDPOINT", "STEP", "TO", "BECAUSE", "POLICY")


class Line(NamedTuple):
    """A warning to one recipient."""

    due_at: datetime
    endpoint: str
    step: str
    recipient: str
    reason: str
    policy: str


class Command(BaseCommand):
    """The warnings of the workers, for a terminal, a script or cron."""

    help = (
        "Record the warnings that are due and send them, as the workers do. With "
        "--dry-run nothing is written or sent: it lists what would be sent, to whom "
        "and why. Exit status: 0 done, 1 a letter was not taken, 2 usage error."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "hosts",
            nargs="*",
            metavar="HOST[:PORT]",
            help="only these endpoints (with --dry-run)",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="list, and write nothing"
        )
        parser.add_argument(
            "--until",
            metavar="DATE",
            help="what goes out up to the end of this day (UTC) as well",
        )
        parser.add_argument("--json", action="store_true", help="print JSON, no table")

    def handle(self, *, hosts: list[str], **options: Any) -> None:
        now = timezone.now()
        if not options["dry_run"]:
            if hosts or options["until"]:
                raise CommandError(
                    "Hosts and --until are for --dry-run.", returncode=USAGE
                )
            self._tell(now=now, as_json=options["json"])
            return
        until = _day(options["until"]) if options["until"] else None
        lines = _lines(_found(hosts), now=now, until=until)
        if options["json"]:
            self.stdout.write(json.dumps([_facts(line) for line in lines], indent=2))
        else:
            self._print_table(lines)

    def _tell(self, *, now: datetime, as_json: bool) -> None:
        numbers = {"recorded": sum(ledger.record(now=now))}
        letters.gather(now=now)
        tried = [letter.state for letter in delivery.deliver(now=now)]
        numbers["sent"] = tried.count(Letter.State.SENT)
        numbers["failed"] = len(tried) - numbers["sent"]
        said = ", ".join(f"{number:,} {what}" for what, number in numbers.items())
        self.stdout.write(json.dumps(numbers) if as_json else f"{said}.")
        if numbers["failed"]:
            raise CommandError("Some letters were not taken; they are sent again.")

    def _print_table(self, lines: list[Line]) -> None:
        if not lines:
            self.stdout.write("Nothing would be sent.")
            return
        rows = [COLUMNS, *(_cells(line) for line in lines)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())
        people = len({line.recipient for line in lines})
        self.stdout.write(f"{len(lines)} warnings to {people} recipients.")


def _lines(
    endpoints: list[Endpoint] | None, *, now: datetime, until: datetime | None
) -> list[Line]:
    keys = None if endpoints is None else [each.pk for each in endpoints]
    rows = ledger.preview(keys, now=now)
    why = _why([row.endpoint for row in rows])
    lines = [
        Line(
            row.due_at,
            str(row.endpoint),
            row.step,
            row.recipient,
            row.reason,
            why[row.endpoint_id],
        )
        for row in rows
    ]
    if until is not None:
        later = forecast.coming(now=now, until=until, endpoints=endpoints, limit=MOST)
        lines += [
            Line(
                each.due_at,
                str(each.endpoint),
                each.step,
                recipient.key,
                recipient.reason,
                f"{each.policy} ({each.why})",
            )
            for each in later
            for recipient in each.recipients
        ]
    known: dict[tuple[str, str, str], Line] = {}
    for line in lines:  # what waits is in both
        known.setdefault((line.endpoint, line.step, line.recipient), line)
    return sorted(known.values())[:MOST]


def _why(endpoints: list[Endpoint]) -> dict[UUID, str]:
    found = policies.chosen(list({each.pk: each for each in endpoints}.values()))
    return {key: f"{each.policy} ({each.why})" for key, each in found.items()}


def _found(hosts: list[str]) -> list[Endpoint] | None:
    """Return the endpoints asked for; None are all."""
    if not hosts:
        return None
    found: dict[UUID, Endpoint] = {}
    for text in hosts:
        try:
            address = parse_address(text)
        except InvalidAddressError as error:
            raise CommandError(f"{text!r}: {error}", returncode=USAGE) from error
        rows = Endpoint.objects.filter(host=address.host)
        if address.port is not None:
            rows = rows.filter(port=address.port)
        here = {row.pk: row for row in rows}
        if not here:
            raise CommandError(
                f"{address.host} is not in the inventory.", returncode=USAGE
            )
        found |= here
    return list(found.values())


def _day(text: str) -> datetime:
    """Return the end of a day. Raises CommandError."""
    try:
        day = parse_date(text)
    except ValueError:  # well-formed, as 2026-02-30
        day = None
    if day is None:
        raise CommandError(f"{text!r} is no date such as 2026-12-31.", returncode=USAGE)
    return datetime.combine(day, time(), tzinfo=UTC) + timedelta(days=1)


def _cells(line: Line) -> tuple[str, ...]:
    due_at = line.due_at.astimezone(UTC)
    return (f"{due_at:%Y-%m-%d %H:%M}", *(printable(each) for each in line[1:]))


def _facts(line: Line) -> dict[str, str]:
    due_at = line.due_at.astimezone(UTC)
    return {**line._asdict(), "due_at": due_at.isoformat(timespec="seconds")}
