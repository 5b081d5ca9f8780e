"""How many endpoints are in each state, which pages of everything show each time."""

from datetime import datetime, timedelta

from django.core.cache import cache

from certs.models import Endpoint
from certs.models.health import Tally

KEPT = timedelta(seconds=10)


def current(*, now: datetime) -> Tally:
    """Return the tally of all endpoints at `now`.

    Few are counted for each page. Of many it is an estimate, and may be from KEPT ago:
    to count up to a bound, state by state, takes longer than all else a page does.
    """
    key = f"tally-{now.tzinfo}"  # days are those of the viewer
    kept: tuple[datetime, Tally] | None = cache.get(key)
    if kept is not None and abs(now - kept[0]) <= KEPT:
        return kept[1]
    tally = Endpoint.objects.all().tally(now)
    if not tally.total.is_exact:
        cache.set(key, (now, tally), KEPT.total_seconds())
    return tally
