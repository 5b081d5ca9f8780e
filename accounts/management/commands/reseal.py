"""manage.py reseal: seals stored secrets with the first key of SECRETS_KEY."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.sealing import UnreadableSecretError
from accounts.services import secrets


class Command(BaseCommand):
    """The step between adding a new key and dropping the old one."""

    help = "Seal the stored secrets with the first key of SECRETS_KEY."

    def handle(self, **options: Any) -> None:
        try:
            count = secrets.reseal()
        except UnreadableSecretError as error:
            raise CommandError(
                f"{error} Add the key that sealed it to SECRETS_KEY."
            ) from error
        self.stdout.write(f"{count} secrets are sealed with the first key.")
