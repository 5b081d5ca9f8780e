"""Lets workers and schedulers say that they are there, once Celery has started them."""

import atexit
from typing import Any

from celery.signals import beat_init, worker_ready
from django.utils import timezone

from certs.models import Worker
from certs.services.work.presence import Heart


@worker_ready.connect
def worker_is_ready(**_: Any) -> None:
    """Begin the heartbeat of a worker."""
    _begin(Worker.Kind.WORKER)


@beat_init.connect
def scheduler_begins(**_: Any) -> None:
    """Begin the heartbeat of a scheduler."""
    _begin(Worker.Kind.SCHEDULER)


def _begin(kind: Worker.Kind) -> None:
    heart = Heart(kind, clock=timezone.now)
    atexit.register(heart.stop)
    heart.start()
