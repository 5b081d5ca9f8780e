"""Celery's command line as the site has it, with small batches and quick ticks."""

import sys
from datetime import timedelta

import django

from certs.services.work import rota

TICK = timedelta(seconds=3)
BATCH = 60


def main(arguments):
    rota.EVERY[rota.CHECKS] = TICK  # before the settings make the schedule of it
    from project.celery import app  # noqa: PLC0415 - after the line above

    django.setup()
    from certs.services.work import rounds  # noqa: PLC0415 - after the set-up

    rounds.BATCH = BATCH
    app.start(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
