"""Celery's command line as the site has it, with small batches and quick ticks."""

import sys
from datetime import timedelta

import django

from certs.services.work import rota

TICK = timedelta(seconds=3)
SHORT = timedelta(seconds=5)
BATCH = 60


def main(arguments):
    for duty in (rota.CHECKS, rota.WARNINGS, rota.LETTERS):
        rota.EVERY[duty] = TICK  # before the schedule is made of it
    from project.celery import app  # noqa: PLC0415 - after the line above
    from project.schedule import SCHEDULE  # noqa: PLC0415 - as above

    SCHEDULE["jobs"]["schedule"] = TICK
    django.setup()
    from certs.services.notices import delivery, letters  # noqa: PLC0415 - as above
    from certs.services.work import jobs, rounds  # noqa: PLC0415 - as above

    rounds.BATCH = BATCH
    jobs.SOON = jobs.LONGER = timedelta(seconds=1)
    jobs.UNHEARD = delivery.LEASE = letters.FILLING = SHORT
    app.start(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
