"""Read everything back from one file."""

from argparse import ArgumentParser
from collections.abc import Generator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS

from project.management.reporting import follow, in_words
from project.transport import restore
from project.transport.archive import Reader


class Command(BaseCommand):
    """What brings a site back, on whatever database it has now."""

    help = (
        "Load a file that `backup` wrote into the configured database, which must be "
        "empty, and bring an older file up to this version. The whole file is checked "
        "before anything is written. "
        "Exit status: 0 restored, 1 not restored, 130 ended with Ctrl-C."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--check",
            action="store_true",
            help="only read the file to its end and say whether it is whole",
        )

    def handle(self, *, file: Path, check: bool, **options: Any) -> None:
        with (
            in_words(interrupted="Stopped; the database is as empty as before."),
            file.open("rb") as opened,
        ):
            read = _checked(file)
            if check:
                self.stdout.write(f"{file} is whole: {read.rows} rows.")
                return
            follow(
                restore.load(opened, DEFAULT_DB_ALIAS),
                total=read.rows,
                unit="row",
                label="restore",
            )
        self.stdout.write(f"{read.rows} rows were restored.")
        if not read.header.secrets:
            self.stdout.write(
                "The file holds no passwords; give them anew, beginning with your own: "
                "manage.py changepassword NAME"
            )


def _checked(file: Path) -> Reader:
    """Read a file to its end; raises DamagedError if it is not what was written."""
    with file.open("rb") as opened:
        reader = Reader(opened)

        def steps() -> Generator[int, None, None]:
            before = 0
            for _ in reader:
                position = opened.tell()
                yield position - before
                before = position

        follow(steps(), total=file.stat().st_size, unit="B", label="check")
        return reader
