"""How much workers do: a process with a database and a broker of its own.

`python -m bench work` starts it. Prints one JSON object.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - after setup()
from django.db.models import Q  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.engines import ROOT  # noqa: E402
from certs.models import Duty, Endpoint, Worker  # noqa: E402
from certs.services.work import queue  # noqa: E402
from certs.tasks import checks  # noqa: E402

SUBNET = 250  # addresses of 127.0.0.0/8 in each
SINGLE = 15  # endpoints checked alone
LIMIT = 300  # seconds
WORKER = "celery --app project --quiet worker --pool threads --concurrency 2"


def main(arguments: list[str]) -> int:
    """Measure with one and with two workers, and print it."""
    parser = argparse.ArgumentParser(prog="python -m bench.workers")
    parser.add_argument("port", type=int)
    parser.add_argument("endpoints", type=int)
    parser.add_argument("messages", type=int)
    options = parser.parse_args(arguments)
    call_command("migrate", verbosity=0)
    later = timezone.now() + timedelta(days=9)
    Endpoint.objects.bulk_create(
        Endpoint(
            host=f"127.88.{number // SUBNET}.{number % SUBNET + 1}",
            port=options.port,
            next_check_at=later,
            next_deep_check_at=later,
        )
        for number in range(options.endpoints)
    )
    found: dict[str, float] = {}
    for number in (1, 2):
        with _workers(number):
            _round()  # the first one stores certificates
            found[f"messages_{number}"] = options.messages / _messages(options.messages)
            found[f"endpoints_{number}"] = options.endpoints / _round()
            times = [_single() * 1000 for _ in range(SINGLE)]
            found[f"median_{number}"] = statistics.median(times)
            found[f"slowest_{number}"] = max(times)
    sys.stdout.write(json.dumps(found))
    return 0


def _messages(number: int) -> float:
    """Return the seconds in which messages are taken that find nothing due."""
    begun = time.monotonic()
    for _ in range(number):
        checks.check_batch.delay(0.0)
    _wait(lambda: queue.waiting() == 0)
    return time.monotonic() - begun


def _round() -> float:
    """Return the seconds in which all endpoints are checked."""
    _wait(lambda: not Duty.objects.exclude(claim=None).exists())  # the last round's end
    Endpoint.objects.update(next_check_at=timezone.now())
    begun = time.monotonic()
    checks.check.delay()
    _wait(_is_done)
    return time.monotonic() - begun


def _single() -> float:
    endpoint = Endpoint.objects.values_list("pk", flat=True)[0]
    Endpoint.objects.filter(pk=endpoint).update(next_check_at=timezone.now())
    begun = time.monotonic()
    checks.check_batch.delay(0.0)
    _wait(_is_done)
    return time.monotonic() - begun


def _is_done() -> bool:
    is_open = Q(next_check_at__lte=timezone.now()) | Q(check_claim__isnull=False)
    return not Endpoint.objects.filter(is_open).exists()


@contextmanager
def _workers(number: int) -> Iterator[None]:
    """Run so many workers while the block lasts."""
    Worker.objects.all().delete()
    processes = [
        subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", *WORKER.split(), "-n", f"bench{each}@%h"],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for each in range(number)
    ]
    try:
        _wait(lambda: Worker.objects.count() == number)
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _wait(truth: Callable[[], bool]) -> None:
    limit = time.monotonic() + LIMIT
    while not truth():
        if time.monotonic() > limit:
            raise TimeoutError("The workers do not get done.")
        time.sleep(0.02)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
