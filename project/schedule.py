"""How often each regular duty is looked at; what is due then, the database knows."""

from datetime import timedelta
from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    "report": {
        "task": "certs.tasks.reports.weekly",
        "schedule": timedelta(hours=1),  # whether a week has passed, the database knows
    },
}
