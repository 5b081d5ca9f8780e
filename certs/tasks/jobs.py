"""Wakes workers up for jobs; what is to be done, and by whom, the database knows."""

import logging
import time
from contextlib import closing
from uuid import UUID

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from certs.services.work import exports, jobs

logger = logging.getLogger(__name__)

BRIEF = {"max_retries": 1, "interval_start": 0}  # somebody may wait for the page
TURN = 30  # seconds that a job has a worker to itself before others have their turn


@shared_task
def run_job(key: str) -> None:
    """Do a part of a job, and ask for the next. Nothing if another is at it."""
    end = time.monotonic() + TURN
    with closing(jobs.work(UUID(key), clock=timezone.now)) as steps:
        for job in steps:
            if job.ended_at is None and time.monotonic() > end:
                break
        else:
            return
    wake(key)


@shared_task
def resume() -> None:
    """Wake workers up for what was not begun, or left behind by a dead worker."""
    for key in jobs.due(now=timezone.now()):
        wake(str(key))


@shared_task
def prune_exports() -> None:
    """Delete files that nobody fetched in a week."""
    exports.prune(now=timezone.now())


def wake(key: str) -> bool:
    """Tell a worker of a job. Returns False if no message could be sent.

    Nothing is lost then: `resume` finds the job in the database.
    """
    try:
        run_job.apply_async((key,), retry_policy=BRIEF)
    except (OperationalError, OSError) as error:
        logger.warning("No worker could be told of job %s: %s", key, error)
        return False
    return True
