"""How often each regular duty is looked at; what is due then, the database knows."""

from datetime import timedelta
from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    "warnings": {
        "task": "certs.tasks.warnings.warn",
        "schedule": timedelta(minutes=15),
        "options": {"expires": 15 * 60},
    },
}
