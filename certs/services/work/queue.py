"""The queue that wakes workers up: how many messages wait in it."""

from typing import Any

from amqp.exceptions import AMQPError
from celery import current_app
from kombu.exceptions import ChannelError, OperationalError


def waiting() -> int | None:
    """Return how many messages wait for a worker; None where the broker is away."""
    name = current_app.conf.task_default_queue
    try:
        with current_app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=5)
            channel: Any = connection.default_channel  # its types lack what it does
            try:
                found = channel.queue_declare(name, passive=True)
            except ChannelError:
                return 0  # nothing was ever sent
            return int(found.message_count)
    except (OperationalError, AMQPError, OSError):
        return None
