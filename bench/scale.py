"""How pages, exports and checks fare as the inventory grows."""

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

import django
from django.conf import settings
from django.test import Client
from django.test.utils import override_settings

django.setup()

from django.core.management import call_command  # noqa: E402 - after setup()
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from bench import rates  # noqa: E402
from bench.pages import Page, pages  # noqa: E402
from certs.models import Endpoint  # noqa: E402
from certs.services import seed  # noqa: E402

WARM_UP = 2  # requests that are not counted
PERCENTILE = 0.95

Write = Callable[[str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Milliseconds."""

    p50: float
    p95: float


def run(sizes: Iterable[int], *, repeat: int, write: Write) -> None:
    """Fill the database size by size, measure at each, write one Markdown table."""
    call_command("migrate", verbosity=0)
    pages_at: dict[int, dict[str, Timing]] = {}
    rates_at: dict[int, dict[str, str]] = {}
    with override_settings(STORAGES=_plain_files()):
        for size in sizes:
            seconds = _grow_to(size)
            client = _client()
            pages_at[size] = {
                page.name: _timing(client, page, repeat=repeat) for page in pages()
            }
            rates_at[size] = {"seeding, endpoints/s": seconds, **rates.measure(client)}
    write(_report(pages_at, rates_at))


def _grow_to(size: int) -> str:
    """Add endpoints until there are `size`; returns the rate."""
    missing = size - Endpoint.objects.count()
    begun = time.perf_counter()
    for _ in seed.plant(missing, seed=1, now=timezone.now()):
        pass
    seconds = time.perf_counter() - begun
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as autovacuum does within minutes
    return f"{missing / seconds:,.0f}"


def _client() -> Client:
    user, _ = User.objects.get_or_create(
        username="bench", email="bench@nordbank.example", is_superuser=True
    )
    User.objects.filter(pk=user.pk).update(is_staff=True)
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(pk=user.pk))
    return client


def _timing(client: Client, page: Page, *, repeat: int) -> Timing:
    took = []
    for number in range(WARM_UP + repeat):
        begun = time.perf_counter()
        response = client.get(page.url)
        if response.status_code != page.status:
            raise RuntimeError(f"{page.url}: status {response.status_code}")
        if number >= WARM_UP:
            took.append(1000 * (time.perf_counter() - begun))
    took.sort()
    return Timing(p50=median(took), p95=took[math.ceil(PERCENTILE * len(took)) - 1])


def _plain_files() -> dict[str, object]:
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    return {**settings.STORAGES, "staticfiles": {"BACKEND": plain}}


def _report(
    pages_at: dict[int, dict[str, Timing]], rates_at: dict[int, dict[str, str]]
) -> str:
    sizes = list(pages_at)
    head = " | ".join(f"{size:,}" for size in sizes)
    lines = [
        f"### {connection.vendor}, p50 / p95 in ms",
        "",
        f"| Page | {head} | growth |",
        f"|---|{'---|' * (len(sizes) + 1)}",
    ]
    for name in pages_at[sizes[0]]:
        timings = [pages_at[size][name] for size in sizes]
        cells = " | ".join(f"{t.p50:.0f} / {t.p95:.0f}" for t in timings)
        growth = timings[-1].p50 / timings[0].p50
        lines.append(f"| {name} | {cells} | {growth:.1f} × |")
    lines += ["", f"| Rate | {head} |", f"|---|{'---|' * len(sizes)}"]
    for name in rates_at[sizes[0]]:
        cells = " | ".join(rates_at[size].get(name, "–") for size in sizes)
        lines.append(f"| {name} | {cells} |")
    return "\n".join(lines) + "\n"
