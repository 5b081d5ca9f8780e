"""Waits for a database that is away for a moment: restarted, locked, its disk full."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Model, QuerySet

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
Row = TypeVar("Row", bound=Model)

# Seconds between tries. A restart of a server takes seconds; a round can wait.
LONG = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 5.0, 5.0, 10.0, 10.0, 20.0)
BRIEF = (0.1, 0.3)  # somebody is looking at a page


def patiently(work: Callable[[], Result], *, waits: Sequence[float] = LONG) -> Result:
    """Do `work`, again after each of `waits` while the database cannot take it.

    It must be harmless to do twice: where the connection was lost in the middle of a
    commit, nobody knows whether it was done.
    """
    for wait in waits:
        try:
            return work()
        except (InterfaceError, OperationalError) as error:
            if connection.in_atomic_block:
                raise  # the transaction around us is lost: whoever began it must know
            logger.warning("The database failed, again in %s s: %s", wait, error)
        connection.close_if_unusable_or_obsolete()
        time.sleep(wait)
    return work()


def read(rows: QuerySet[Row], *, batch: int = 1000) -> Iterator[Row]:
    """Return `rows` by primary key, a batch at a time.

    A cursor that is open over a long time would be lost with its connection.
    """
    page = rows = rows.order_by("pk")
    while True:
        found: list[Row] = patiently(partial(list, page[:batch]))
        yield from found
        if len(found) < batch:
            return
        page = rows.filter(pk__gt=found[-1].pk)
