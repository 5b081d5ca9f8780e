"""What workers do: the clock is read here, and one service is called."""

from certs.tasks import (
    channels,
    checks,
    jobs,
    letters,
    presence,
    reports,
    revocation,
    upkeep,
    warnings,
)

__all__ = [
    "channels",
    "checks",
    "jobs",
    "letters",
    "presence",
    "reports",
    "revocation",
    "upkeep",
    "warnings",
]
