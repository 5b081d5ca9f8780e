"""Watches a job from a terminal, or does it there."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from time import sleep
from uuid import UUID

from django.utils import timezone
from tqdm import tqdm

from certs.models import Job
from certs.services.work import jobs

PAUSE = 1.0  # seconds between two looks
PATIENCE = 10  # looks at a job that nobody begins
NOBODY = "No worker has begun it so far; it waits for one."


def follow(job: Job) -> Job:
    """Show how far a job is until it has ended; returns what became of it."""
    return _shown(_watched(job.pk), job)


def do_here(job: Job) -> Job:
    """Do a job in this process; another's goes on there, and is followed."""
    with closing(jobs.work(job.pk, clock=timezone.now)) as steps:
        last = _shown(steps, job)
    return last if last.ended_at else follow(last)


def _watched(key: UUID) -> Iterator[Job]:
    looks = 0
    while True:
        job = Job.objects.get(pk=key)
        yield job
        if job.ended_at is not None:
            return
        looks += job.state == Job.State.QUEUED
        if looks == PATIENCE:
            sys.stderr.write(f"{NOBODY}\n")
        sleep(PAUSE)


def _shown(steps: Iterable[Job], job: Job) -> Job:
    """Draw a bar; none where nobody looks at a terminal."""
    with tqdm(total=job.total, disable=None, leave=False) as bar:
        last = job
        for last in steps:
            bar.total = last.total
            bar.update(last.done - bar.n)
    return last
