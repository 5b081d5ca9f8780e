"""How pages, exports and checks fare in one database of one size.

A process of its own, which `python -m bench scale` starts and asks: Django reads its
settings once. The database is the one of DATABASE_URL, empty at first. Each question
is a line of JSON, `["fill"]`, `["page", name, repeat]` or `["rates"]`, and so is its
answer.
"""

import json
import os
import sys
import time
from dataclasses import asdict
from functools import cached_property
from typing import Any

import django
from django.test import Client
from django.test.utils import override_settings

django.setup()

from django.core.management import call_command  # noqa: E402 - after setup()
from django.db import DatabaseError, connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from bench import browser, rates  # noqa: E402
from bench.pages import Page, pages  # noqa: E402
from bench.timing import timed  # noqa: E402
from certs.models import Endpoint  # noqa: E402
from certs.services import figures, seed  # noqa: E402
from project import wsgi  # noqa: E402, F401 - as gunicorn loads the site

NEWS = 10.0  # seconds between two lines about the seeding


def main(arguments: list[str]) -> int:
    """Answer until nothing more is asked."""
    (size,) = map(int, arguments)
    _refuse_others(at_most=size)
    site = Site(size)
    with override_settings(STORAGES=browser.plain_files()):
        for line in sys.stdin:
            question, *details = json.loads(line)
            answer = getattr(site, question)(*details)
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
    return 0


class Site:
    """The database and what it is asked."""

    def __init__(self, size: int) -> None:
        self._size = size

    @cached_property
    def _client(self) -> Client:
        return browser.signed_in()

    @cached_property
    def _pages(self) -> dict[str, Page]:
        return {page.name: page for page in pages()}

    def fill(self) -> dict[str, Any]:
        """Seed what is missing; return the names of all pages, and the rates."""
        _say("migrating")
        call_command("migrate", verbosity=0)
        speed = _grow_to(self._size)
        _say(f"{self._size:,} endpoints: writing warnings")
        return {
            "vendor": connection.vendor,
            "rates": {"seeding, endpoints/s": speed, **rates.warnings()},
            "pages": list(self._pages),
        }

    def page(self, name: str, repeat: int) -> dict[str, Any] | None:
        """Return its times; None for one that fails: the others are worth knowing."""
        page = self._pages[name]
        try:
            return asdict(timed(lambda: page.ask(self._client), repeat=repeat))
        except (RuntimeError, DatabaseError) as error:
            _say(f"{self._size:,} endpoints: {name}: {error}")
            return None

    def rates(self) -> dict[str, str]:
        """Return what is counted in a second."""
        load = f"{os.getloadavg()[0]:.1f}"
        _say(f"{self._size:,} endpoints: measuring export and checks")
        return {
            **rates.measure(self._client),
            f"load of the machine, {os.cpu_count()} cores": load,
        }


def _refuse_others(*, at_most: int) -> None:
    """Exit where somebody works: what is measured is filled and written to."""
    tables = connection.introspection.table_names()
    if User._meta.db_table not in tables:
        return
    if User.objects.exclude(username=browser.NAME).exists():
        sys.exit("bench: the database has people in it; give an empty one.")
    if Endpoint._meta.db_table in tables and Endpoint.objects.count() > at_most:
        sys.exit("bench: the database has more endpoints than that already.")


def _grow_to(size: int) -> str:
    """Add endpoints until there are `size`; returns the rate."""
    missing = size - Endpoint.objects.count()
    begun = news = time.perf_counter()
    _say(f"{size:,} endpoints: seeding")
    done = 0
    for added in seed.plant(missing, seed=1, now=timezone.now()):
        done += added
        if time.perf_counter() - news > NEWS:
            news = time.perf_counter()
            _say(f"{size:,} endpoints: {done:,} of {missing:,} seeded")
    seconds = time.perf_counter() - begun
    figures.renew(now=timezone.now())
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as autovacuum does within minutes
    return f"{missing / seconds:,.0f}"


def _say(what: str) -> None:
    sys.stderr.write(f"bench: {connection.vendor}, {what}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
