"""Write everything into one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from project.management.reporting import follow, in_words
from project.transport import backup
from project.transport.places import snapshot

USAGE = 2


class Command(BaseCommand):
    """What cron runs each night; the site may go on meanwhile."""

    help = (
        "Write all data into one compressed file that `restore` reads on any database. "
        "Who is signed in is not in it, and passwords only with --with-secrets. "
        "Exit status: 0 written, 1 not written, 2 usage error, 130 ended with Ctrl-C."
    )
    requires_migrations_checks = False  # the moment before an upgrade is a good one

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="such as certdesk.backup.gz")
        parser.add_argument(
            "--with-secrets",
            action="store_true",
            help="hashes of passwords too: keep the file as safe as the database",
        )
        parser.add_argument(
            "--force", action="store_true", help="replace a file that is there"
        )

    def handle(self, *, file: Path, with_secrets: bool, **options: Any) -> None:
        if file.exists() and not options["force"]:
            raise CommandError(
                f"{file} is there already; --force replaces it.", returncode=USAGE
            )
        with in_words(interrupted="Stopped; no file was written."), snapshot() as alias:
            number = follow(
                backup.write(file, alias, secrets=with_secrets),
                total=backup.total(alias),
                unit="row",
                label="backup",
            )
        self.stdout.write(f"{number} rows are in {file}.")
