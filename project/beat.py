"""The scheduler: what it sends wakes workers up, and nothing of it is kept."""

import logging
from datetime import UTC, datetime
from typing import Any

from celery import beat

from certs.services.work import queue

logger = logging.getLogger(__name__)

MOST_WAITING = 200  # messages; beyond, workers have enough to wake up for
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Scheduler(beat.Scheduler):
    """Celery's, without a file: the database knows what was done and when.

    So everything is looked at once when it starts. And while nobody takes messages
    away, no more are put there: an expired one stays in a folder or a Redis until a
    worker throws it away.
    """

    def setup_schedule(self) -> None:
        super().setup_schedule()
        for entry in self.schedule.values():
            entry.last_run_at = LONG_AGO

    def apply_async(self, entry: Any, *args: Any, **kwargs: Any) -> Any:
        waiting = queue.waiting()
        if waiting is not None and waiting >= MOST_WAITING:
            logger.info("%s messages wait, so none is sent for %s", waiting, entry.name)
            return None
        return super().apply_async(entry, *args, **kwargs)
