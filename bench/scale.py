"""How pages, exports and checks fare as the inventory grows, on one database.

A process of its own, which `python -m bench scale` starts: Django reads its settings
once. The database is the one of DATABASE_URL, empty at first.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterable

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
from bench.report import PAGES_FAILED, Results, report  # noqa: E402
from bench.timing import Timing, timed  # noqa: E402
from certs.models import Endpoint  # noqa: E402
from certs.services import figures, seed  # noqa: E402
from project import wsgi  # noqa: E402, F401 - as gunicorn loads the site

NEWS = 10.0  # seconds between two lines about the seeding


def main(arguments: list[str]) -> int:
    """Measure and print; PAGES_FAILED if one did."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--repeat", type=int, required=True)
    parser.add_argument("--only", required=True)
    options = parser.parse_args(arguments)
    _refuse_others(at_most=min(options.sizes))
    results = measure(options.sizes, repeat=options.repeat, only=options.only)
    sys.stdout.write(report(results) + "\n")
    failed = any(None in here.values() for here in results.pages.values())
    return PAGES_FAILED if failed else 0


def measure(sizes: Iterable[int], *, repeat: int, only: str) -> Results:
    """Fill the database size by size and measure the pages with `only` in the name."""
    _say("migrating")
    call_command("migrate", verbosity=0)
    results = Results(vendor=connection.vendor, pages={}, rates={})
    with override_settings(STORAGES=browser.plain_files()):
        for size in sizes:
            speed = _grow_to(size)
            _say(f"{size:,} endpoints: writing warnings")
            warnings = rates.warnings()
            client = browser.signed_in()
            _say(f"{size:,} endpoints: measuring pages")
            results.pages[size] = {
                page.name: _timing(client, page, repeat=repeat)
                for page in pages()
                if only in page.name
            }
            load = f"{os.getloadavg()[0]:.1f}"
            _say(f"{size:,} endpoints: measuring export and checks")
            results.rates[size] = {
                "seeding, endpoints/s": speed,
                **warnings,
                **rates.measure(client),
                f"load of the machine, {os.cpu_count()} cores": load,
            }
    return results


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


def _timing(client: Client, page: Page, *, repeat: int) -> Timing | None:
    """Return None for a page that fails: the others are worth knowing."""
    try:
        return timed(lambda: page.ask(client), repeat=repeat)
    except (RuntimeError, DatabaseError) as error:
        _say(f"{page.name}: {error}")
        return None


def _say(what: str) -> None:
    sys.stderr.write(f"bench: {connection.vendor}, {what}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
