"""Read the change log from end to end from the command line."""

import logging
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models.sealing import seal
from accounts.services import trail

logger = logging.getLogger(__name__)


def head(text: str) -> trail.Head:
    """Return the head that an earlier run printed."""
    try:
        return trail.parse_head(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


class Command(BaseCommand):
    """What a scheduler runs each day, and keeps the head of."""

    help = (
        "Say whether every entry of the change log is as it was written, in its place "
        "and there, and name the first that is not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since",
            type=head,
            metavar="HEAD",
            help="the head that an earlier run printed: tells what was cut off since",
        )

    def handle(self, *, since: trail.Head | None, **options: Any) -> None:
        seal()  # what a crash has left is no broken link
        report = trail.verify(since=since)
        if report.broken is not None:
            logger.error("The change log is broken: %s", report.broken)
            raise CommandError(f"{report.broken}")
        if report.start.number:
            self.stdout.write(f"Entries up to {report.start.number} were pruned.")
        if report.waiting:
            self.stdout.write(f"{report.waiting} entries wait for their place.")
        self.stdout.write(f"{report.count} entries are as they were written.")
        self.stdout.write(f"Head: {report.head}")
        logger.info("The change log is whole, its head is %s", report.head)
