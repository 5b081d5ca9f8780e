"""How often each regular duty is looked at; what is due then, the database knows.

One entry for each task. A message that no worker has taken until the next one comes is
of no use any more and expires.
"""

from datetime import timedelta
from typing import Any

from certs.services.work import rota


def _every(interval: timedelta, task: str) -> dict[str, Any]:
    expires = interval.total_seconds()
    return {"task": task, "schedule": interval, "options": {"expires": expires}}


SCHEDULE: dict[str, dict[str, Any]] = {
    "checks": _every(rota.EVERY[rota.CHECKS], "certs.tasks.checks.check"),
    "deep-checks": _every(rota.EVERY[rota.DEEP_CHECKS], "certs.tasks.checks.deep"),
    # Each night's work begins when it was last done a day ago.
    "retention": _every(timedelta(minutes=15), "certs.tasks.upkeep.retain"),
    "jobs": _every(timedelta(minutes=1), "certs.tasks.jobs.resume"),
    "exports": _every(timedelta(hours=1), "certs.tasks.jobs.prune_exports"),
    "letters": _every(rota.EVERY[rota.LETTERS], "certs.tasks.letters.deliver"),
    "warnings": _every(rota.EVERY[rota.WARNINGS], "certs.tasks.warnings.warn"),
    "revocation-lists": _every(
        rota.EVERY[rota.REVOCATION], "certs.tasks.revocation.look"
    ),
    # Whether a week has passed, the database knows.
    "report": _every(timedelta(hours=1), "certs.tasks.reports.weekly"),
}
