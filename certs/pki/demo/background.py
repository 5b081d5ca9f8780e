"""Listening sockets, served in one background thread with one event loop."""

import asyncio
import contextlib
import socket
from collections.abc import Iterable
from concurrent.futures import Future
from threading import Thread
from types import TracebackType
from typing import Self

from certs.pki.demo.servers import Handler

PATIENCE_SECONDS = 60.0

Service = tuple[socket.socket, Handler]


def bind(address: str, port: int) -> socket.socket:
    """Return a socket that keeps `address` and `port` (0: a free one) for itself.

    Nobody listens on it yet: the system refuses every connection. Raises OSError when
    the port is taken.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with contextlib.ExitStack() as stack:
        bound = stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((address, port))
        stack.pop_all()
    return bound


class Servers:
    """Serves bound sockets, each with its handler, until its `with` block ends.

    It then closes the sockets and every connection and ends its thread. A client that
    connects as soon as the block begins is not refused.
    """

    def __init__(self, services: Iterable[Service]) -> None:
        self._services = tuple(services)
        self._talking: set[asyncio.Task[None]] = set()
        self._started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]]
        self._started = Future()
        self._thread = Thread(target=self._run, name="demo-servers", daemon=True)

    def __enter__(self) -> Self:
        for listener, _handler in self._services:
            listener.settimeout(0)
            listener.listen(128)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        loop, stop = self._started.result()
        loop.call_soon_threadsafe(stop.set)
        self._thread.join()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        for listener, handler in self._services:
            loop.add_reader(listener, self._accept, listener, handler)
        self._started.set_result((loop, stop))
        await stop.wait()
        for listener, _handler in self._services:
            loop.remove_reader(listener)
            listener.close()
        for task in self._talking:
            task.cancel()
        await asyncio.gather(*self._talking, return_exceptions=True)

    def _accept(self, listener: socket.socket, handler: Handler) -> None:
        """Take one connection, if it is still there."""
        with contextlib.suppress(OSError):
            connection, _address = listener.accept()
            connection.settimeout(0)
            task = asyncio.get_running_loop().create_task(_talk(connection, handler))
            self._talking.add(task)
            task.add_done_callback(self._talking.discard)
            task.add_done_callback(lambda _task: connection.close())


async def _talk(connection: socket.socket, handler: Handler) -> None:
    """Let `handler` talk for a minute at most; the other side may break off."""
    with contextlib.suppress(OSError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            await handler(connection)
