"""The same questions to the same MongoDB, through our engine or the stock backend.

A process of its own for each, which `python -m bench scale` starts: our engine teaches
lookups that are Django's, so a process that has loaded it has no stock backend left.
The stock backend reads what our engine has written, with the indexes it has made.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import django
from django.conf import settings
from django.test.utils import override_settings

ENGINES = {"ours": "project.mongo", "stock": "django_mongodb_backend"}
# Before setup(), which looks the engine up; `manage.py check` would refuse the other.
settings.DATABASES["default"]["ENGINE"] = ENGINES[sys.argv[1]]
django.setup()

from django.db import DatabaseError  # noqa: E402 - after setup()
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench import browser  # noqa: E402
from bench.timing import timed  # noqa: E402
from certs.models import NEEDS_ATTENTION, Contact, Endpoint, Observation  # noqa: E402

KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PAGE = 25

Rows = list[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`joins` says that a join adds columns to one page and decides nothing."""

    name: str
    ask: Callable[[], Rows]
    joins: bool = False


def main(arguments: list[str]) -> int:
    """Print what each question took and what it found, as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.stock", description=__doc__)
    parser.add_argument("engine", choices=ENGINES)
    parser.add_argument("--repeat", type=int, required=True)
    options = parser.parse_args(arguments)
    with override_settings(STORAGES=browser.plain_files()):
        answers = {}
        for question in _questions(browser.signed_in()):
            sys.stderr.write(f"bench: mongodb, {options.engine}: {question.name}\n")
            answers[question.name] = _answer(question, repeat=options.repeat)
    sys.stdout.write(json.dumps(answers))
    return 0


def _answer(question: Question, *, repeat: int) -> dict[str, Any]:
    try:
        rows = question.ask()
        timing = timed(question.ask, repeat=repeat)
    except (DatabaseError, RuntimeError) as error:
        return {"joins": question.joins, "error": type(error).__name__}
    found = [str(row) for row in rows]
    return {"joins": question.joins, "ms": timing.p50, "rows": found}


def _questions(client: Client) -> Iterator[Question]:
    yield from _querysets()
    yield from _pages(client)


def _querysets() -> Iterator[Question]:
    rows = Endpoint.objects.order_by("not_after", "pk")
    joined = rows.select_related("team", "certificate")
    runs = Observation.objects.select_related("endpoint", "certificate")
    worst = rows.in_health(*NEEDS_ATTENTION, now=timezone.now())
    worst = worst.filter(not_after__isnull=False)
    middle = rows[rows.count() // 2].pk
    yield Question(
        name="list with team and certificate",
        ask=lambda: [_facts(row) for row in joined[:PAGE]],
        joins=True,
    )
    yield Question(
        name="runs with endpoint and certificate",
        ask=lambda: [(run, run.certificate, run.first_seen_at) for run in runs[:PAGE]],
        joins=True,
    )
    yield Question(
        name="needs attention, with team",
        ask=lambda: [(row, row.team) for row in worst.select_related("team")[:PAGE]],
        joins=True,
    )
    yield Question(name="list alone", ask=lambda: list(rows[:PAGE]))
    yield Question(
        name="list, teams prefetched",
        ask=lambda: [(row, row.team) for row in rows.prefetch_related("team")[:PAGE]],
    )
    yield Question(
        name="list, tags prefetched",
        ask=lambda: [
            (row, list(row.tags.all())) for row in rows.prefetch_related("tags")[:PAGE]
        ],
    )
    contact = Contact.objects.latest("pk")
    yield Question(
        name="what one contact looks after",
        ask=lambda: list(contact.endpoints.order_by("pk")),
    )
    yield Question(name="one by key", ask=lambda: [Endpoint.objects.get(pk=middle)])
    yield Question(name="how many", ask=lambda: [rows.count()])


def _pages(client: Client) -> Iterator[Question]:
    """Yield whole pages; the rows they show are the keys in them."""
    joined = {
        "page: admin, endpoints": reverse("admin:certs_endpoint_changelist"),
        "page: admin, observations": reverse("admin:certs_observation_changelist"),
    }
    others = {
        "page: dashboard": reverse("certs:dashboard"),
        "page: list": reverse("certs:endpoints"),
        "page: list by host": f"{reverse('certs:endpoints')}?sort=host",
        "page: search, nothing found": f"{reverse('certs:endpoints')}?q=zzzqqq",
        "page: detail": Endpoint.objects.latest("pk").get_absolute_url(),
    }
    for name, url in {**joined, **others}.items():
        yield Question(
            name=name,
            ask=lambda url=url: KEY.findall(browser.get(client, url)),  # type: ignore[misc]
            joins=name in joined,
        )


def _facts(row: Endpoint) -> tuple[Any, ...]:
    certificate = row.certificate
    serial = certificate.serial_number if certificate else None
    return (row.pk, row.host, row.port, row.not_after, row.team, serial, row.paused)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
