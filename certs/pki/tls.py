"""Which certificate does an endpoint serve: many probes on one event loop."""

import asyncio
import contextlib
import importlib
import importlib.util
from collections.abc import AsyncGenerator, Callable, Iterable
from operator import itemgetter

from certs.pki.attempt import Attempt
from certs.pki.guard import Guard
from certs.pki.resolver import Resolver
from certs.pki.round import Limits, Round, jitter as small_delays
from certs.pki.target import MAX_NODES, ProbeResult, Target

__all__ = [
    "DEFAULT_CONCURRENCY",
    "DEFAULT_PER_SUBNET",
    "DEFAULT_TIMEOUT",
    "MAX_NODES",
    "ProbeResult",
    "Target",
    "probe",
    "probe_all",
    "probe_many",
]

DEFAULT_TIMEOUT = 10.0
DEFAULT_CONCURRENCY = 200
DEFAULT_PER_SUBNET = 32

_ANYWHERE_BUT_HERE = Guard()
# A faster event loop, where somebody installed it.
_uvloop = (
    importlib.import_module("uvloop") if importlib.util.find_spec("uvloop") else None
)


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Return the fastest event loop that is installed."""
    loop: asyncio.AbstractEventLoop = (_uvloop or asyncio).new_event_loop()
    return loop


async def probe(
    target: Target,
    *,
    timeout: float = DEFAULT_TIMEOUT,
    guard: Guard = _ANYWHERE_BUT_HERE,
) -> ProbeResult:
    """Shake hands once with `target`. A failure is a result, not an exception.

    `timeout` in seconds covers name, connection, STARTTLS and handshake together. Only
    addresses that `guard` admits are connected to, without a second resolution. The
    handshake does not verify: an expired or untrusted certificate is read as well. Of
    several nodes, the first that answers is the only one.
    """
    attempt = Attempt(target, timeout=timeout)
    with Resolver(threads=1) as resolver:
        await attempt.find(resolver, guard=guard)
    while attempt.next_address is not None:
        await attempt.try_next()
    return attempt.result()


async def probe_many(
    targets: Iterable[Target],
    *,
    timeout: float = DEFAULT_TIMEOUT,
    guard: Guard = _ANYWHERE_BUT_HERE,
    concurrency: int = DEFAULT_CONCURRENCY,
    per_subnet: int = DEFAULT_PER_SUBNET,
    jitter: Callable[[], float] = small_delays,
) -> AsyncGenerator[ProbeResult, None]:
    """Probe all targets, at most `concurrency` at a time; yield results as they end.

    No more than `per_subnet` connect to one /24 (IPv4) or /64 (IPv6) at a time; others
    of it wait without taking a place. `timeout` in seconds is for each target, from
    when it starts. The first `concurrency` wait `jitter()` seconds (at most 1) each
    before they connect. A target with `every_node` has a result for each node.

    Targets are taken from their iterable as room becomes free, and ahead of that at
    most 10,000, if they have to wait for their subnet. Leaving the iteration early
    wants `contextlib.aclosing`, which cancels what is under way and closes its sockets.
    """
    limits = Limits(
        timeout=timeout,
        guard=guard,
        concurrency=concurrency,
        per_subnet=per_subnet,
        jitter=jitter,
    )
    async with contextlib.aclosing(Round(targets, limits=limits).attempts()) as ended:
        async for attempt in ended:
            yield attempt.result()


def probe_all(
    targets: Iterable[Target],
    *,
    timeout: float = DEFAULT_TIMEOUT,
    guard: Guard = _ANYWHERE_BUT_HERE,
    concurrency: int = DEFAULT_CONCURRENCY,
    per_subnet: int = DEFAULT_PER_SUBNET,
    jitter: Callable[[], float] = small_delays,
) -> list[ProbeResult]:
    """Probe all targets and return the results in the targets' order.

    For callers without an event loop: it runs its own. See `probe_many`. The nodes of
    one target come in the order of their addresses.
    """
    limits = Limits(
        timeout=timeout,
        guard=guard,
        concurrency=concurrency,
        per_subnet=per_subnet,
        jitter=jitter,
    )
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(_in_order(Round(targets, limits=limits)))


async def _in_order(probes: Round) -> list[ProbeResult]:
    found = [(each.order, each.result()) async for each in probes.attempts()]
    return [result for _, result in sorted(found, key=itemgetter(0))]
