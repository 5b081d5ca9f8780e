"""A believable estate of any size, to try things on."""

from argparse import ArgumentParser
from contextlib import closing
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from certs.models import Endpoint
from certs.services import figures, seed


class Command(BaseCommand):
    """Endpoints with certificates, people and history; nothing is connected to."""

    help = (
        "Fill the inventory with made-up endpoints under .example: certificates, "
        "teams, contacts, tags and history. The same seed gives the same estate."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--endpoints", type=int, required=True, metavar="N")
        parser.add_argument("--seed", type=int, default=1, metavar="N")
        parser.add_argument(
            "--add", action="store_true", help="also where endpoints are already"
        )

    def handle(self, *, endpoints: int, add: bool, **options: Any) -> None:
        if endpoints < 1:
            raise CommandError("--endpoints must be 1 or more.")
        if not add and Endpoint.objects.exists():
            raise CommandError("There are endpoints already; --add adds to them.")
        done = 0
        batches = seed.plant(endpoints, seed=options["seed"], now=timezone.now())
        # No bar where nobody looks at a terminal.
        bar = tqdm(total=endpoints, disable=None, leave=False, unit="endpoint")
        with bar, closing(batches):
            try:
                for written in batches:
                    done += written
                    bar.update(written)
            except KeyboardInterrupt:
                raise CommandError(
                    f"Stopped after {done} of {endpoints}; --add goes on.",
                    returncode=130,
                ) from None
        figures.renew(now=timezone.now())
        self.stdout.write(f"{done} endpoints were added.")
