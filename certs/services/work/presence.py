"""Which processes work in the background: each writes down that it is there."""

import logging
import os
import platform
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, Thread

from django.db import DatabaseError, connections

from certs.models import Worker

logger = logging.getLogger(__name__)

EVERY = timedelta(seconds=30)
HEARD = timedelta(minutes=2)  # who was not heard of for longer does not count
KEPT = timedelta(days=1)


def name_of(kind: Worker.Kind) -> str:
    """Return the name of this process."""
    return f"{kind.value}@{platform.node()}:{os.getpid()}"


def note(kind: Worker.Kind, *, started_at: datetime, now: datetime) -> None:
    """Write down that this process is there; who died long ago is forgotten."""
    rows = Worker.objects.filter(name=name_of(kind))
    if not rows.update(seen_at=now, started_at=started_at):
        row = Worker(name=name_of(kind), kind=kind, started_at=started_at, seen_at=now)
        Worker.objects.bulk_create([row], ignore_conflicts=True)
        Worker.objects.filter(seen_at__lt=now - KEPT).delete()


def forget(kind: Worker.Kind) -> None:
    """Take this process off the list, because it ends."""
    Worker.objects.filter(name=name_of(kind)).delete()


def heard(*, now: datetime) -> list[Worker]:
    """Return the processes that were heard of a moment ago."""
    return list(Worker.objects.filter(seen_at__gt=now - HEARD))


class Heart(Thread):
    """Notes this process down again and again, until it is stopped."""

    def __init__(
        self,
        kind: Worker.Kind,
        *,
        clock: Callable[[], datetime],
        every: timedelta = EVERY,
    ) -> None:
        super().__init__(name="heart", daemon=True)
        self._kind, self._clock, self._every = kind, clock, every
        self._ended = Event()

    def run(self) -> None:
        started_at = self._clock()
        while not self._ended.is_set():
            self._safely(
                lambda: note(self._kind, started_at=started_at, now=self._clock())
            )
            self._ended.wait(self._every.total_seconds())
        self._safely(lambda: forget(self._kind))

    def stop(self) -> None:
        """End it, and say that this process does."""
        self._ended.set()
        self.join(timeout=5)

    def _safely(self, write: Callable[[], None]) -> None:
        try:
            write()
        except DatabaseError as error:
            logger.warning("The heartbeat was not written: %s", error)
        finally:
            connections.close_all()  # those of this thread; a fork must not share one
