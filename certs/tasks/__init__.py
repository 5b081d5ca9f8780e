"""What workers do: the clock is read here, and one service is called."""

from certs.tasks import checks, jobs, letters, presence, upkeep, warnings

__all__ = ["checks", "jobs", "letters", "presence", "upkeep", "warnings"]
