"""The search, made anew from the inventory."""

from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from certs.services import search


class Command(BaseCommand):
    """For rows that came in past the program: a restored table, an import by hand."""

    help = "Write the words that endpoints and certificates are found by anew."

    def handle(self, **options: Any) -> None:
        done = 0
        # No bar where nobody looks at a terminal.
        with tqdm(disable=None, leave=False, unit="row") as bar:
            for written in search.rebuild():
                done += written
                bar.update(written)
        self.stdout.write(f"{done} rows can be found again.")
