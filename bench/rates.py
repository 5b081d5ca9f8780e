"""What is counted in rows per second."""

import time
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from certs.models import Certificate, Endpoint, Figure, Observation, Reachability
from certs.pki.tls import ProbeResult, Target
from certs.services import figures
from certs.services.notices import ledger
from certs.services.work import rounds

CHECKED = 2000  # endpoints in the round that is measured
LONGEST = 120.0  # seconds of one measurement; the rate is known long before
SIZES = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
    "postgresql": "SELECT pg_database_size(current_database())",
}


def measure(client: Client) -> dict[str, str]:
    """Return each rate, ready to print."""
    return {
        "export, rows/s": f"{_export(client):,.0f}",
        "check round, the first, endpoints/s": f"{_check_round():,.0f}",
        "check round, nothing new, endpoints/s": f"{_check_round():,.0f}",
        "counting the figures, ms": f"{1000 * _figures():,.0f}",
        **_size(),
    }


def warnings() -> dict[str, str]:
    """Return the rate of the first look at an inventory, which writes most warnings.

    They stay, so that the pages of warnings have what they would have.
    """
    begun = time.perf_counter()
    looked_at, written = 0, 0
    due = ledger.due(now=timezone.now()).count()
    for number in ledger.record(now=timezone.now()):
        looked_at = min(looked_at + ledger.BATCH, due)
        written += number
        if time.perf_counter() - begun > LONGEST:
            break
    seconds = time.perf_counter() - begun
    return {
        "warnings, endpoints looked at/s": f"{looked_at / seconds:,.0f}",
        "warnings, written/s": f"{written / seconds:,.0f}",
    }


def _export(client: Client) -> float:
    begun = time.perf_counter()
    lines = 0
    for chunk in client.get(reverse("certs:endpoints-export")):
        lines += chunk.count(b"\n")
        if time.perf_counter() - begun > LONGEST:
            break
    return lines / (time.perf_counter() - begun)


def _check_round() -> float:
    """Return the rate of checks that see what the last ones saw; no network.

    The first round also judges what was seeded, which no check has seen.
    """
    rows = list(Endpoint.objects.filter(status=Reachability.UP, paused=False)[:CHECKED])
    results = dict(_results(rows))

    def probe(targets: Iterable[Target]) -> Iterable[ProbeResult]:
        return (results[target] for target in targets)

    keys = [row.pk for row in rows]
    begun = time.perf_counter()
    for start in range(0, len(keys), rounds.BATCH):
        now = timezone.now()
        claimed = rounds.claim(keys[start : start + rounds.BATCH], now=now)
        for _ in rounds.step(claimed, now=now, probe=probe):
            pass
    return len(keys) / (time.perf_counter() - begun)


def _figures() -> float:
    """Return the seconds that a round takes in the end; none where there are few."""
    Figure.objects.all().delete()
    begun = time.perf_counter()
    figures.renew(now=timezone.now())
    return time.perf_counter() - begun


def _results(rows: list[Endpoint]) -> Iterator[tuple[Target, ProbeResult]]:
    runs = Observation.objects.filter(
        endpoint__in=[row.pk for row in rows], is_latest=True, error_code=""
    )
    for run in runs.select_related("endpoint"):
        stored = Certificate.objects.in_bulk(
            list(run.chain), field_name="fingerprint_sha256"
        )
        target = run.endpoint.target
        yield (
            target,
            ProbeResult(
                target=target,
                address=run.address,
                chain=tuple(bytes(stored[each].der) for each in run.chain),
                tls_version=run.tls_version,
                cipher=run.cipher,
                key_exchange=run.key_exchange,
                latency_ms=run.latency_ms,
            ),
        )


def _size() -> dict[str, str]:
    """Return the bytes that the database takes for each endpoint."""
    size = _bytes(connection) / Endpoint.objects.count()
    return {"bytes/endpoint": f"{size:,.0f}"}


def _bytes(connection: Any) -> int:
    """Return the size of the database, by each engine's own word."""
    if connection.vendor == "mongodb":
        return int(connection.database.command("dbStats")["totalSize"])
    with connection.cursor() as cursor:
        cursor.execute(SIZES[connection.vendor])
        (size,) = cursor.fetchone()
    return int(size)
