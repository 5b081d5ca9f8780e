"""Carry everything from one database to another."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS

from certs.management.arguments import positive
from project.management.reporting import follow, in_words
from project.transport.move import Comparison, Journey
from project.transport.places import at, connected, named, without_secrets

BATCH = 1000
LETTERS = 16  # of a checksum, for people to compare


class Command(BaseCommand):
    """What takes a site from SQLite to a cluster, or back."""

    help = (
        "Copy all data from one database to another, of any engine, and compare both "
        "ends. Stop the site first. The target must be empty; its tables are made. "
        "If it is stopped, the same command goes on. "
        "Exit status: 0 moved and equal, 1 not moved, 130 ended with Ctrl-C."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        for flag, name in (("--from", "source"), ("--to", "target")):
            parser.add_argument(
                flag,
                dest=name,
                required=True,
                metavar="URL",
                help="as DATABASE_URL, or the name of a variable that holds it",
            )
        parser.add_argument(
            "--batch",
            type=positive,
            default=BATCH,
            metavar="N",
            help="rows copied in one transaction (default: %(default)s)",
        )

    def handle(self, *, source: str, target: str, batch: int, **options: Any) -> None:
        source, target = named(source), named(target)
        stopped = "Stopped. The same command goes on from here."
        with (
            in_words(interrupted=stopped),
            connected("source", at(source, option="--from")),
            # The default: migrations of others may know no other.
            connected(DEFAULT_DB_ALIAS, at(target, option="--to")),
        ):
            journey = Journey(
                "source", DEFAULT_DB_ALIAS, origin=without_secrets(source), batch=batch
            )
            there, total = journey.prepare(), journey.total()
            if there:
                self.stdout.write(f"Going on: {there} of {total} rows are there.")
            follow(journey.copy(), total=total - there, unit="row", label="move")
            differing = [
                found.label for found in journey.compare() if not self._print(found)
            ]
            if differing:
                raise CommandError(
                    f"These differ: {', '.join(differing)}. Was the source in use? "
                    "Begin again with a database without tables."
                )
            journey.finish()
        self.stdout.write(
            f"{total} rows have moved. Set DATABASE_URL to the new place."
        )

    def _print(self, found: Comparison) -> bool:
        verdict = "equal" if found.is_same else "DIFFERENT"
        digest = found.target.sha256[:LETTERS]
        self.stdout.write(
            f"{found.label:30} {found.target.rows:>12,}  {digest}  {verdict}"
        )
        return found.is_same
