"""Delete old history from the command line."""

import time
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone
from tqdm import tqdm

from accounts.services import trail
from certs.management.arguments import positive
from certs.services import retention

PAUSE = 0.01  # seconds between batches: SQLite's writers wait by asking again


class Command(BaseCommand):
    """What a worker does each night, by hand."""

    help = (
        "Delete history that ended long ago, in small batches beside a running site. "
        "The latest run of every endpoint and address is kept, however old. "
        "The change log is kept for CHANGELOG_DAYS, warnings for ten years, letters "
        "for two, jobs for 90 days."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--days",
            type=positive,
            default=retention.KEPT.days,
            help="how long runs are kept (default: %(default)s)",
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
        now, is_dry = timezone.now(), bool(options["dry_run"])
        for kind in retention.KINDS:
            is_history = kind.kept == retention.KEPT
            kept = timedelta(days=days) if is_history else kind.kept
            old: dict[str, Any] = {"now": now, "kept": kept}
            total = retention.due(kind, **old)
            steps = retention.prune(kind, batch=batch, **old)
            self._prune(kind.name, total, steps, is_dry=is_dry)
        old = {"now": now, "kept": timedelta(days=settings.CHANGELOG_DAYS)}
        steps = trail.prune(batch=batch, **old)
        name = "entries of the change log"
        self._prune(name, trail.due(**old), steps, is_dry=is_dry)

    def _prune(
        self, name: str, total: int, steps: Iterator[int], *, is_dry: bool
    ) -> None:
        if is_dry:
            self.stdout.write(f"{total} {name} would be deleted.")
            return
        deleted = 0
        # No bar where nobody looks at a terminal.
        with tqdm(total=total, disable=None, leave=False) as bar:
            for number in steps:
                deleted += number
                bar.update(number)
                time.sleep(PAUSE)
        self.stdout.write(f"{deleted} {name} deleted.")
