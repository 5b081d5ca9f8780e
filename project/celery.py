"""The Celery application: what wakes the workers up."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready

from project import collector

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

app = Celery("certdesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def worker_is_ready(**_: Any) -> None:
    """Settle a worker that has loaded what it works with."""
    collector.settle()
