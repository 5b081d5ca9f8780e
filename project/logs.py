"""One line of JSON for each event, to stderr."""

import json
import logging
from datetime import UTC, datetime
from typing import Any


class JsonFormatter(logging.Formatter):
    """An event as one line; a name with a line break in it cannot fake another."""

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        return json.dumps(event, ensure_ascii=False)


def config(level: str) -> dict[str, Any]:
    """Django's LOGGING: everything from `level` up to stderr, errors also to ADMINS."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "json"},
            "admins": {
                "class": "django.utils.log.AdminEmailHandler",
                "level": "ERROR",
            },
        },
        "root": {"handlers": ["stderr", "admins"], "level": level},
        # Django gives its own loggers handlers of their own: let them only pass up.
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
        },
    }
