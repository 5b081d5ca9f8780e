"""`make run`: the whole site on this machine, in one command."""

import secrets
import sys
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections
from django.utils import timezone
from honcho.manager import Manager

from accounts.models import User
from accounts.roles import Role
from accounts.services import addresses, people
from certs.models import Endpoint
from certs.services.work import rounds

DEMO_DOMAIN = ".demo.test"
DEMO_STARTS = timedelta(minutes=2)  # by then at the latest
# The scheduler is a process of its own, and the worker is one with threads: whatever is
# killed, nothing of it goes on without it.
CELERY = "celery --app project --quiet --skip-checks"
PROCESSES = {
    "web": "gunicorn",
    "worker": f"{CELERY} worker --pool threads --concurrency 2 --loglevel WARNING"
    " --without-gossip --without-mingle",
    "scheduler": f"{CELERY} beat --loglevel WARNING",
}


class Command(BaseCommand):
    """Prepares database and static files, then runs the processes of the site."""

    help = (
        "Migrate, collect the static files and serve the site with gunicorn, a worker "
        "and a scheduler until Ctrl-C. An empty inventory is filled with the demo "
        "fleet first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-demo", action="store_true", help="start without the demo fleet"
        )

    def handle(self, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        demo = not options["no_demo"] and _wants_demo()
        if demo and not User.objects.exists():
            self._print_box(*_make_administrator())
        connections.close_all()  # the children open their own
        manager = Manager()
        if demo:
            manager.add_process("demo", f'"{sys.executable}" manage.py demo')
            _wait_for_demo()
        for name, arguments in PROCESSES.items():
            manager.add_process(name, f'"{sys.executable}" -m {arguments}')
        self.stdout.write(f"Certdesk serves {settings.DEFAULT_HOST} — Ctrl-C ends it.")
        self.stdout.flush()
        manager.loop()
        # Ended by Ctrl-C is ended well.
        sys.exit(0 if manager.returncode == 130 else manager.returncode)  # noqa: PLR2004

    def _print_box(self, name: str, password: str) -> None:
        lines = [
            "An administrator was made. The password is shown only now.",
            "",
            f"  address    {settings.DEFAULT_HOST}",
            f"  user name  {name}",
            f"  password   {password}",
        ]
        width = max(map(len, lines))
        rule = "─" * (width + 4)
        inside = "\n".join(f"│  {line.ljust(width)}  │" for line in lines)
        self.stdout.write(f"╭{rule}╮\n{inside}\n╰{rule}╯")


def _wants_demo() -> bool:
    """Whether the inventory is empty, or was filled by the demo before."""
    demo = Endpoint.objects.filter(host__endswith=DEMO_DOMAIN)
    return demo.exists() or not Endpoint.objects.exists()


def _wait_for_demo() -> None:
    """Let no worker find the fleet shut before it is up; it checks itself then."""
    rows = Endpoint.objects.filter(host__endswith=DEMO_DOMAIN)
    rounds.hold_back(rows, until=timezone.now() + DEMO_STARTS)


def _make_administrator() -> tuple[str, str]:
    """Return an administrator for the demo; returns the user name and the password."""
    password = secrets.token_urlsafe(12)
    user = User(username="admin", email="admin@demo.test", is_superuser=True)
    user.set_password(password)
    people.save_user(user, role=Role.ADMINISTRATOR, teams=())
    addresses.confirm(user)
    return user.username, password
