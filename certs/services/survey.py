"""Deep checks: asks endpoints for everything they offer, and keeps the answers."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice

from django.conf import settings
from django.db import transaction

from certs.models import DeepCheck, Endpoint
from certs.pki.deep import DeepResult, deep_all
from certs.pki.target import Target
from certs.services import patience

BATCH = 20  # endpoints asked together, then written in one transaction

Deep = Callable[[Sequence[Target]], Iterable[DeepResult]]


def default_deep() -> Deep:
    """Deep checks over the network, as the settings bound them."""
    return partial(deep_all, timeout=settings.CHECK_TIMEOUT, guard=settings.CHECK_GUARD)


def survey(
    endpoints: Iterable[Endpoint], *, now: datetime, deep: Deep | None = None
) -> Iterator[Endpoint]:
    """Ask `endpoints` for everything they offer; yields each with the answers kept.

    The checks after it grade with them: `watch.observe` follows a deep check. One that
    was deleted or moved meanwhile is left out. The questions are asked as the result is
    iterated over.
    """
    ask = deep or default_deep()
    waiting = iter(endpoints)
    while batch := list(islice(waiting, BATCH)):
        results = list(ask([endpoint.target for endpoint in batch]))
        yield from patience.patiently(partial(_write, batch, results, now=now))


def _write(
    endpoints: list[Endpoint], results: list[DeepResult], *, now: datetime
) -> list[Endpoint]:
    with transaction.atomic():
        there = Endpoint.objects.in_bulk([endpoint.pk for endpoint in endpoints])
        written = []
        for endpoint, result in zip(endpoints, results, strict=True):
            found = there.get(endpoint.pk)
            if found is None or found.place != endpoint.place:
                continue
            DeepCheck.objects.update_or_create(
                endpoint_id=endpoint.pk,
                defaults={"observed_at": now, "result": result.to_json()},
            )
            written.append(endpoint)
        return written
