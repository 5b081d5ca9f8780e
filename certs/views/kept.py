"""Numbers of large inventories that are counted once a minute, not for each page."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.core.cache import cache

from certs.models import Endpoint
from certs.models.counting import size
from certs.views import charts

SECONDS = 60
Counted = TypeVar("Counted")


def issuer_counts() -> list[tuple[str, int]]:
    """Return each issuer with its number of endpoints, the largest first."""
    return _kept("issuers", Endpoint.objects.issuer_counts)


def expiries_by_week(now: datetime) -> charts.Bars:
    """Return the chart of the viewer's next 26 weeks."""
    start = f"{now:%Y-%m-%d%z}"
    endpoints = Endpoint.objects.all()
    return _kept(f"weeks-{start}", lambda: charts.expiries_by_week(endpoints, now=now))


def _kept(key: str, count: Callable[[], Counted]) -> Counted:
    """Count, or return what was counted less than a minute ago; few are counted anew.

    Each process keeps its own: nothing has to be told when rows change.
    """
    if size(Endpoint).is_exact:
        return count()
    kept: Counted | None = cache.get(key)
    if kept is None:
        kept = count()
        cache.set(key, kept, SECONDS)
    return kept
