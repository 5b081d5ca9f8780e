"""What workers do: the clock is read here, and one service is called."""

from certs.tasks import checks, presence, upkeep

__all__ = ["checks", "presence", "upkeep"]
