"""A queue in a folder whose messages are whole: for the workers of one machine."""

import fcntl
import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from time import monotonic_ns
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    """Kombu's, but nobody reads what is still being written.

    In Kombu's own a worker may take a message between the opening of its file and the
    writing, and so it may read a table of queues. Both are empty then, and the worker
    ends with an error.
    """

    # Two classes above name what is put in two ways.
    def _put(self, queue: str, payload: Any, **_: Any) -> None:  # type: ignore[override]
        folder = Path(self.data_folder_out)
        name = f"{monotonic_ns():020}_{uuid.uuid4()}"
        draft = folder / f"{name}.draft"
        try:
            draft.write_text(dumps(payload))
            draft.rename(folder / f"{name}.{queue}.msg")
        finally:
            draft.unlink(missing_ok=True)  # where the disk is full

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        for path in sorted(Path(self.data_folder_in).iterdir()):
            if path.name.partition(".")[2] != f"{queue}.msg":
                continue
            try:
                text = path.read_bytes()
                path.unlink()  # of several workers one can
            except FileNotFoundError:
                continue
            try:
                return loads(text)
            except ValueError:  # as a machine without power may leave it
                logger.warning("A damaged message was thrown away: %s", path.name)
        raise Empty

    def get_table(self, exchange: str) -> Any:
        with self._alone():
            return super().get_table(exchange)

    def _queue_bind(self, *names: Any) -> None:
        with self._alone():
            super()._queue_bind(*names)

    def _delete(self, *names: Any, **options: Any) -> None:
        with self._alone():
            super()._delete(*names, **options)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one process at a time have the tables; its end opens the lock, too."""
        with (self.control_folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    """Folders of messages, as `project.queues` names them."""

    Channel = Channel
