"""How often each regular duty is looked at; what is due then, the database knows."""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    "letters": {
        "task": "certs.tasks.letters.deliver",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
}
