"""Probes in the background of a program that is no event loop itself."""

import asyncio
import contextlib
import queue
from collections import deque
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from threading import Event
from types import TracebackType
from typing import Self

from certs.pki.guard import Guard
from certs.pki.target import ProbeResult, Target
from certs.pki.tls import (
    DEFAULT_CONCURRENCY,
    DEFAULT_PER_SUBNET,
    DEFAULT_TIMEOUT,
    new_event_loop,
    probe_many,
)

AHEAD = 500  # targets that wait for their probe, or whose results nobody has taken

_Many = Callable[[Iterable[Target]], AsyncGenerator[ProbeResult, None]]

_IDLE = 0.01  # seconds until the next look for targets, when nothing is under way


def probe_stream(
    targets: Iterable[Target],
    *,
    timeout: float = DEFAULT_TIMEOUT,
    guard: Guard,
    concurrency: int = DEFAULT_CONCURRENCY,
    per_subnet: int = DEFAULT_PER_SUBNET,
) -> Generator[ProbeResult]:
    """Probe all targets and yield results as they end, in no order; see `probe_many`.

    The probes go on in a thread of their own while the caller is busy with a result:
    none of them times out because of that. `targets` is read in the caller's thread,
    at most 500 ahead. Leaving early closes what is open.
    """
    left = iter(targets)
    many = partial(
        probe_many,
        timeout=timeout,
        guard=guard,
        concurrency=concurrency,
        per_subnet=per_subnet,
    )
    under_way = 0.0  # targets whose results the caller has not had
    with _Prober(many) as prober:
        while True:
            room = AHEAD - int(under_way)
            more = list(islice(left, room))
            prober.inbox.extend(more)
            if len(more) < room:
                prober.is_whole.set()
            result = prober.outbox.get()
            if result is None:
                return
            under_way += len(more) - 1 / result.nodes
            yield result


class _Prober:
    """Probes what comes into `inbox`; results are in `outbox`, and None in the end.

    It ends when `is_whole` says that no more will come, or with its `with` block.
    """

    def __init__(self, many: _Many) -> None:
        self.inbox: deque[Target] = deque()
        self.outbox: queue.SimpleQueue[ProbeResult | None] = queue.SimpleQueue()
        self.is_whole = Event()
        self._many = many
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="probes")
        self._stop: Callable[[], object]

    def __enter__(self) -> Self:
        is_ready = Event()
        self._future = self._threads.submit(self._run, is_ready)
        is_ready.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with contextlib.suppress(RuntimeError):  # it has ended
            self._stop()
        self._threads.shutdown()
        if error is None:
            self._future.result()  # raises what went wrong there

    def _run(self, is_ready: Event) -> None:
        try:
            with (
                contextlib.suppress(asyncio.CancelledError),
                asyncio.Runner(loop_factory=new_event_loop) as runner,
            ):
                runner.run(self._work(is_ready))
        finally:
            self.outbox.put(None)

    async def _work(self, is_ready: Event) -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None  # noqa: S101 - this one
        self._stop = lambda: loop.call_soon_threadsafe(task.cancel)
        is_ready.set()
        while self.inbox or not self.is_whole.is_set():
            async with contextlib.aclosing(self._many(_Coming(self.inbox))) as results:
                async for result in results:
                    self.outbox.put(result)
            await asyncio.sleep(_IDLE)


class _Coming(Iterator[Target]):
    """What is in an inbox now; what comes in later is there at the next look."""

    def __init__(self, inbox: deque[Target]) -> None:
        self._inbox = inbox

    def __next__(self) -> Target:
        if not self._inbox:
            raise StopIteration
        return self._inbox.popleft()
