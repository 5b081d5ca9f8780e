"""What workers do: the clock is read here, and one service is called."""

from certs.tasks import checks, letters, presence, upkeep, warnings

__all__ = ["checks", "letters", "presence", "upkeep", "warnings"]
