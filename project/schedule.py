"""How often each regular duty is looked at; what is due then, the database knows."""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    "jobs": {"task": "certs.tasks.jobs.resume", "schedule": 60.0},
    "exports": {"task": "certs.tasks.jobs.prune_exports", "schedule": 3600.0},
}
