"""Tells a service such as healthchecks that a round is done: its silence alarms."""

import logging
from http.client import HTTPException
from urllib.request import urlopen

from django.conf import settings

logger = logging.getLogger(__name__)

TIMEOUT = 10  # seconds


def send() -> None:
    """Ask for PING_URL, if there is one. A failure is logged: work goes on."""
    if not settings.PING_URL:
        return
    try:
        # The operator's own setting, held to http and https by project.settings.
        with urlopen(settings.PING_URL, timeout=TIMEOUT):  # noqa: S310
            pass
    except (OSError, ValueError, HTTPException) as error:
        logger.warning("The ping after a round failed: %s", error)
