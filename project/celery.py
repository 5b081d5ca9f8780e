"""The Celery application: what wakes the workers up."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

app = Celery("certdesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
