"""Looks up names without waiting for the ones that nobody answers for.

The system's own resolver is asked (getaddrinfo), because hosts of an intranet may be
known to /etc/hosts or a directory alone, which a DNS library does not ask. It blocks,
and cannot be stopped: a dead name keeps its thread for 10 to 30 seconds. So there are
many threads, more than probes at a time; they are daemons, for one that is stuck must
hold up neither the end of a round nor the end of the process. The event loop's own
executor has a handful of threads, which asyncio waits for.
"""

import asyncio
import contextlib
import queue
import socket
import threading
from ipaddress import ip_address
from types import TracebackType
from typing import Self

from certs.pki.failures import ProbeError
from certs.pki.guard import IPAddress

_Job = tuple[str, asyncio.Future[list[str]]]


class Resolver:
    """A pool of at most `threads` threads, which start as they are needed.

    Belongs to one event loop. After its `with` block idle threads end, and busy ones
    once the system lets them go.
    """

    def __init__(self, *, threads: int) -> None:
        self._most = threads
        self._started = 0
        self._busy = 0  # look-ups that were asked for and have not ended
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for _ in range(self._started):
            self._jobs.put(None)

    async def resolve(self, host: str) -> list[IPAddress]:
        """Return the addresses of `host` in the system's order, each once.

        An IP literal is its own address. Raises ProbeError.
        """
        with contextlib.suppress(ValueError):
            return [ip_address(host)]
        found = await self._look_up(host)
        if not found:
            raise ProbeError("not_resolved", f"{host} has no address in DNS.")
        return [ip_address(text) for text in dict.fromkeys(found)]

    async def _look_up(self, host: str) -> list[str]:
        answer: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()
        self._busy += 1
        if self._started < min(self._busy, self._most):
            self._started += 1
            name = f"resolver-{self._started}"
            threading.Thread(target=self._work, name=name, daemon=True).start()
        self._jobs.put((host, answer))
        return await answer

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            host, answer = job
            # Nobody waits any more for a name whose turn came too late.
            found = [] if answer.cancelled() else _addresses(host)
            with contextlib.suppress(RuntimeError):  # the loop is closed
                answer.get_loop().call_soon_threadsafe(self._tell, answer, found)

    def _tell(self, answer: asyncio.Future[list[str]], found: list[str]) -> None:
        self._busy -= 1
        if not answer.cancelled():
            answer.set_result(found)


def _addresses(host: str) -> list[str]:
    try:
        answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, ValueError):  # ValueError: a name that DNS cannot carry
        return []
    return [str(address[0]) for *_, address in answers]
