"""What a kind of job has to know: how much it is, and how to do the next part of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from certs.models import Job


class JobError(Exception):
    """Why a job cannot go on, in words for who asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a step came to. `cursor` is where the next one begins."""

    cursor: str
    is_last: bool
    done: int = 0  # those that failed included
    failed: int = 0
    messages: tuple[str, ...] = ()


class Runner(Protocol):
    """A kind of job. Each step may be done twice: a worker can die right after it.

    All may raise JobError, which ends the job; anything else is tried again.
    """

    def total(self, job: Job, *, now: datetime) -> int:
        """Count the steps of a job that begins."""
        ...

    def step(self, job: Job, *, now: datetime) -> Part:
        """Do what comes after the cursor of the job."""
        ...

    def finish(self, job: Job, *, now: datetime) -> str:
        """Do what remains after the last step; returns the name of a file, or none."""
        ...
