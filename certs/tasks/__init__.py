"""What workers do: the clock is read here, and one service is called."""

from certs.tasks.reports import weekly

__all__ = ["weekly"]
