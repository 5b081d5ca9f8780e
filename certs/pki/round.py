"""Many probes on one event loop, politely: the work behind `tls.probe_many`."""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

from certs.pki.attempt import Attempt
from certs.pki.guard import Guard, IPAddress
from certs.pki.resolver import Resolver
from certs.pki.target import Target
from certs.pki.turns import Turns

MAX_DELAY = 1.0  # seconds
MAX_WAITING = 10_000

_LONGEST_DELAY = 0.05
# A look-up goes on when its probe has timed out: 30 s against the 10 s of a probe.
_THREADS_A_PROBE = 4

_Work = Coroutine[Any, Any, Iterable[Attempt]]


def jitter() -> float:
    """Return the seconds that one of the first probes waits: up to a twentieth."""
    return random.uniform(0, _LONGEST_DELAY)  # noqa: S311 - nobody need not guess it


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many probes run at once, how long each may take, and where it may connect."""

    timeout: float
    guard: Guard
    concurrency: int
    per_subnet: int
    jitter: Callable[[], float]


class Round:
    """Probes targets; a place is taken by what is looked up, connected or talked to.

    What waits for its subnet's turn takes none, and no time of its own.
    """

    def __init__(self, targets: Iterable[Target], *, limits: Limits) -> None:
        self._targets = enumerate(targets)
        self._limits = limits
        self._turns: Turns[Attempt] = Turns(per_subnet=limits.per_subnet)
        self._resolver = Resolver(threads=_THREADS_A_PROBE * limits.concurrency)
        self._running: set[asyncio.Task[Iterable[Attempt]]] = set()
        self._ended: asyncio.Queue[asyncio.Task[Iterable[Attempt]]] = asyncio.Queue()
        self._visits = 0

    async def attempts(self) -> AsyncGenerator[Attempt, None]:
        """Yield each probe as it ends; leaving early closes what is open."""
        with self._resolver:
            try:
                while self._start_more():
                    task = await self._ended.get()
                    self._running.remove(task)
                    for attempt in task.result():
                        if attempt.next_address is None:
                            yield attempt
                        else:
                            self._turns.add(attempt, attempt.next_address)
            finally:
                for task in self._running:
                    task.cancel()
                await asyncio.gather(*self._running, return_exceptions=True)

    def _start_more(self) -> bool:
        """Fill the free places; tell whether anything is under way."""
        while len(self._running) < self._limits.concurrency:
            work = self._next_visit() or self._next_search()
            if work is None:
                break
            task = asyncio.create_task(work)
            task.add_done_callback(self._ended.put_nowait)
            self._running.add(task)
        return bool(self._running)

    def _next_visit(self) -> _Work | None:
        turn = self._turns.take()
        return None if turn is None else self._visit(*turn)

    def _next_search(self) -> _Work | None:
        """Take the next target, unless too many wait for their subnet already."""
        if self._turns.waiting >= MAX_WAITING:
            return None
        number, target = next(self._targets, (0, None))
        if target is None:
            return None
        return self._find(Attempt(target, timeout=self._limits.timeout, number=number))

    async def _find(self, attempt: Attempt) -> Iterable[Attempt]:
        """Find addresses, and go on to a lone node at once where it may have a turn."""
        await attempt.find(self._resolver, guard=self._limits.guard)
        node, *others = nodes = attempt.nodes()
        address = node.next_address
        if others or address is None or not self._turns.enter(address):
            return nodes
        return await self._visit(node, address)

    async def _visit(self, attempt: Attempt, address: IPAddress) -> Iterable[Attempt]:
        """Try one address. The first probes do not start all in the same instant."""
        self._visits += 1
        if self._visits <= self._limits.concurrency:
            await asyncio.sleep(min(self._limits.jitter(), MAX_DELAY))
        await attempt.try_next()
        self._turns.leave(address)
        return [attempt]
