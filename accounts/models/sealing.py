"""Puts entries of the change log into their chain, after what they tell is written.

Nobody waits for anybody while they change something: entries are written without a
number, and after the commit whoever comes first gives numbers to all that wait. A crash
in between leaves entries for the next one.
"""

import logging
import random
import time
from typing import Any

from django.apps import apps
from django.db import IntegrityError, OperationalError, transaction

from accounts import chain

logger = logging.getLogger(__name__)

ROUND = 100  # entries in one transaction
TRIES = 50
PAUSE = 0.02  # seconds at most, between tries


class OvertakenError(Exception):
    """Somebody else has numbered these entries meanwhile."""


def after_commit() -> None:
    """Seal when the transaction under way is written; a failure stops nobody.

    Nobody tells when a transaction by hand (without autocommit) ends: there the next
    change seals.
    """
    connection = transaction.get_connection()
    if not connection.in_atomic_block and not connection.get_autocommit():
        return
    if not any(function is seal for _, function, *_ in connection.run_on_commit):
        transaction.on_commit(seal, robust=True)


def seal() -> None:
    """Give every entry that waits its number and link, the oldest first."""
    tries = 0
    while tries < TRIES:
        try:
            with transaction.atomic():
                sealed = _seal_some()
        except (IntegrityError, OperationalError, OvertakenError):
            tries += 1
            time.sleep(PAUSE * random.random())  # noqa: S311 - jitter, no secret
        else:
            if sealed < ROUND:
                return
            tries = 0
    logger.warning("Entries of the change log wait: too many writers at once.")


def _seal_some() -> int:
    """Give up to ROUND entries their number; returns how many.

    One statement each and in their order: a database without transactions may be left
    anywhere in between, and what was numbered is linked all the same.
    """
    entries: Any = apps.get_model("accounts", "Change")._meta.default_manager
    waiting = list(entries.waiting().only("number", "proof")[:ROUND])
    if not waiting:
        return 0
    # PostgreSQL: sealers queue here, before they hold what another one wants.
    last = entries.sealed().reverse().select_for_update().first()
    number, previous = (last.number, last.link) if last else (0, chain.FIRST)
    if last and entries.filter(number__gt=number).exists():
        raise OvertakenError
    for entry in waiting:
        number += 1
        previous = chain.link(previous, number, entry.proof)
        mine = entries.filter(pk=entry.pk, number=entry.number)
        if not mine.update(number=number, link=previous):
            raise OvertakenError
    return len(waiting)
