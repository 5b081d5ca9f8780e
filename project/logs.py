"""One line of JSON for each event, to stderr."""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

from accounts import origin

# What opens something is not for who reads logs: links that were mailed, and what a
# company's sign-in hands over.
SECRETS = (
    re.compile(r"(/invitations/)(?!add/|[0-9a-f-]{36}/)[^/\s\"'?]+"),
    re.compile(r"(/warnings/(?:acknowledge|unsubscribe)/)[^/\s\"'?]+"),
    re.compile(r"(/confirm-email/)[^/\s\"'?]+"),
    re.compile(r"(/password/reset/key/)[^/\s\"'?]+"),
    re.compile(r"([?&](?:code|state|id_token|access_token)=)[^&\s\"']+"),
)


def masked(text: str) -> str:
    """Return `text` without the secret parts of addresses."""
    for secret in SECRETS:
        text = secret.sub(r"\1***", text)
    return text


class JsonFormatter(logging.Formatter):
    """An event as one line; a name with a line break in it cannot fake another."""

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        if request_id := origin.current().request_id:
            event["request"] = request_id
        if record.exc_info:
            event["exception"] = masked(self.formatException(record.exc_info))
        return json.dumps(event, ensure_ascii=False)


class Seldom(logging.Filter):
    """Lets one event of a logger through in a while; those of others all pass."""

    def __init__(self, name: str, *, seconds: float) -> None:
        super().__init__(name)
        self._seconds = seconds
        self._last: float | None = None

    def filter(self, record: logging.LogRecord) -> bool:
        if not super().filter(record):
            return True
        if self._last is not None and record.created < self._last + self._seconds:
            return False
        self._last = record.created
        return True


def config(level: str) -> dict[str, Any]:
    """Django's LOGGING: everything from `level` up to stderr, errors also to ADMINS."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}},
        "filters": {
            # Every page fails while the database is away: one mail will do.
            "outage": {"()": Seldom, "name": "project.outage", "seconds": 900}
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "json"},
            "admins": {
                "class": "django.utils.log.AdminEmailHandler",
                "level": "ERROR",
                "filters": ["outage"],
            },
        },
        "root": {"handlers": ["stderr", "admins"], "level": level},
        # Django gives its own loggers handlers of their own: let them only pass up.
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
        },
    }
