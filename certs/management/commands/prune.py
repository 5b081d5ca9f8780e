"""Delete old history from the command line."""

import time
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from tqdm import tqdm

from certs.management.arguments import positive
from certs.services import retention

PAUSE = 0.01  # seconds between batches: SQLite's writers wait by asking again


class Command(BaseCommand):
    """What a scheduler runs each night."""

    help = (
        "Delete history that ended long ago, in small batches beside a running site. "
        "The latest run of every endpoint and address is kept, however old."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--days",
            type=positive,
            default=retention.KEPT.days,
            help="how long history is kept (default: %(default)s)",
        )
        parser.add_argument(
            "--batch",
            type=positive,
            default=retention.BATCH,
            metavar="N",
            help="rows deleted in one transaction (default: %(default)s)",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="count without deleting"
        )

    def handle(self, *, days: int, batch: int, **options: Any) -> None:
        now, kept = timezone.now(), timedelta(days=days)
        for kind in retention.KINDS:
            total = retention.due(kind, now=now, kept=kept)
            if options["dry_run"]:
                self.stdout.write(f"{total} {kind.name} would be deleted.")
                continue
            deleted = 0
            # No bar where nobody looks at a terminal.
            with tqdm(total=total, disable=None, leave=False) as bar:
                for number in retention.prune(kind, now=now, kept=kept, batch=batch):
                    deleted += number
                    bar.update(number)
                    time.sleep(PAUSE)
            self.stdout.write(f"{deleted} {kind.name} deleted.")
