"""Check endpoints from the command line."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from accounts.models import Team
from certs.management.terminal import printable
from certs.models import NEEDS_ATTENTION, Endpoint, Health, Tag
from certs.models.endpoint import EndpointQuerySet
from certs.pki import starttls
from certs.pki.addresses import Address, InvalidAddressError, parse_address
from certs.services import figures, patience, survey, watch

USAGE = 2
ATTENTION = 1
DEFAULT_PORT = 443
COLUMNS = ("ENDPOINT", "STATUS", "GRADE", "DAYS LEFT", "ISSUER", "ERROR")


class Command(BaseCommand):
    """The checks of the pages, for a terminal, a script or cron."""

    help = (
        "Check endpoints and print what was found. "
        "Exit status: 0 all is well, 1 something needs attention, 2 usage error."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "addresses",
            nargs="*",
            metavar="HOST[:PORT]",
            help="only these endpoints; with no port, every port of the host",
        )
        parser.add_argument("--team", metavar="SLUG", help="only this team's endpoints")
        parser.add_argument(
            "--tag", metavar="NAME", help="only endpoints with this tag"
        )
        parser.add_argument(
            "--once",
            action="store_true",
            help="look at the addresses without storing anything",
        )
        parser.add_argument(
            "--deep",
            action="store_true",
            help="before, ask for everything offered, in at most 40 connections each",
        )
        parser.add_argument("--json", action="store_true", help="print JSON, no table")

    def handle(self, *, addresses: list[str], **options: Any) -> None:
        wanted = [_address(text) for text in addresses]
        now = timezone.localtime()
        if options["once"]:
            if not wanted or options["team"] or options["tag"]:
                raise CommandError(
                    "--once wants addresses, and no --team or --tag.", returncode=USAGE
                )
            _require(
                not options["deep"],
                "--once stores nothing, so a deep check of it would be lost. "
                "Try: manage.py inspect --deep HOST",
            )
            endpoints: Iterable[Endpoint] = map(_anywhere, wanted)
            total = len(wanted)
            observe = watch.look
        else:
            rows = _stored(wanted, team=options["team"], tag=options["tag"])
            endpoints, total = patience.read(rows.places()), rows.count()
            observe = watch.observe
            if options["deep"]:
                endpoints = [*_bar(survey.survey(endpoints, now=now), total=total)]
        checked = sorted(
            _bar(observe(endpoints, now=now), total=total),
            key=lambda endpoint: (endpoint.host, endpoint.port),
        )
        if not options["once"]:
            figures.renew(now=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps([_facts(e, now) for e in checked], indent=2))
        else:
            self._print_table(checked, now=now)
        if any(endpoint.health(now) in NEEDS_ATTENTION for endpoint in checked):
            raise SystemExit(ATTENTION)

    def _print_table(self, endpoints: list[Endpoint], *, now: datetime) -> None:
        rows = [COLUMNS, *(_cells(endpoint, now) for endpoint in endpoints)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (
                cell.rjust(width) if title == "DAYS LEFT" else cell.ljust(width)
                for cell, width, title in zip(row, widths, COLUMNS, strict=True)
            )
            self.stdout.write("  ".join(cells).rstrip())
        bad = sum(endpoint.health(now) in NEEDS_ATTENTION for endpoint in endpoints)
        self.stdout.write(f"{len(endpoints)} checked, {bad} in need of attention.")


def _bar(checked: Iterable[Endpoint], *, total: int) -> Iterable[Endpoint]:
    """Show how far it is; nothing where nobody looks at a terminal."""
    bar: Iterable[Endpoint] = tqdm(checked, total=total, disable=None, leave=False)
    return bar


def _anywhere(address: Address) -> Endpoint:
    """Return an endpoint that need not be in the inventory."""
    port = address.port or DEFAULT_PORT
    return Endpoint(host=address.host, port=port, starttls=starttls.guess(port).value)


def _address(text: str) -> Address:
    try:
        return parse_address(text)
    except InvalidAddressError as error:
        raise CommandError(f"{text!r}: {error}", returncode=USAGE) from error


def _stored(
    wanted: list[Address], *, team: str | None, tag: str | None
) -> EndpointQuerySet:
    """Return the endpoints asked for; an error names what is not there."""
    rows = Endpoint.objects.all() if wanted else Endpoint.objects.filter(paused=False)
    if team is not None:
        _require(Team.objects.filter(slug=team).exists(), f"There is no team {team!r}.")
        rows = rows.filter(team__slug=team)
    if tag is not None:
        _require(Tag.objects.filter(name=tag).exists(), f"There is no tag {tag!r}.")
        rows = rows.filter(tags__name=tag)
    return _at(wanted, rows) if wanted else rows


def _at(wanted: list[Address], rows: EndpointQuerySet) -> EndpointQuerySet:
    keys: set[UUID] = set()
    for address in wanted:
        found = rows.filter(host=address.host)
        if address.port is not None:
            found = found.filter(port=address.port)
        here = set(found.values_list("pk", flat=True))
        hint = "is not in the inventory. Look at it without storing anything: --once"
        _require(bool(here), f"{address.host} {hint}")
        keys |= here
    return rows.filter(pk__in=keys)


def _require(truth: bool, message: str) -> None:  # noqa: FBT001 - as assert takes it
    if not truth:
        raise CommandError(message, returncode=USAGE)


def _cells(endpoint: Endpoint, now: datetime) -> tuple[str, ...]:
    days = endpoint.days_left(now)
    return (
        str(endpoint),
        Health(endpoint.health(now)).label,
        endpoint.grade_at(now) or "–",
        "–" if days is None else str(days),
        printable(endpoint.issuer) or "–",
        printable(endpoint.error_text),
    )


def _facts(endpoint: Endpoint, now: datetime) -> dict[str, Any]:
    return {
        "endpoint": str(endpoint),
        "host": endpoint.host,
        "port": endpoint.port,
        "status": endpoint.health(now).value,
        "grade": endpoint.grade_at(now) or None,
        "trusted": endpoint.is_trusted,
        "findings": list(endpoint.findings),
        "days_left": endpoint.days_left(now),
        "not_after": endpoint.not_after.isoformat() if endpoint.not_after else None,
        "issuer": endpoint.issuer,
        "error_code": endpoint.error_code,
        "error": endpoint.error_text,
    }
