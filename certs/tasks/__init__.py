"""What workers do: the clock is read here, and one service is called."""

from certs.tasks import channels

__all__ = ["channels"]
