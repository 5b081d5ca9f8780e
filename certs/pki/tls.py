"""Which certificate does an endpoint serve: many probes on one event loop."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from certs.pki.addresses import MAX_PORT, MIN_PORT
from certs.pki.connect import admitted, connect, resolve
from certs.pki.failures import ProbeError
from certs.pki.guard import Guard
from certs.pki.handshake import Handshake

DEFAULT_TIMEOUT = 10.0
DEFAULT_CONCURRENCY = 100

_ANYWHERE_BUT_HERE = Guard()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What to probe: the host to connect to, and the name to ask it for.

    `host` is an ASCII name or an IP literal. `server_name` is sent as SNI (RFC 6066
    section 3) and empty when it is the host; an IP literal is never sent. Raises
    ValueError for a port that does not exist.
    """

    host: str
    port: int
    server_name: str = ""

    def __post_init__(self) -> None:
        if not MIN_PORT <= self.port <= MAX_PORT:
            raise ValueError(f"A port is from {MIN_PORT} to {MAX_PORT}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeResult:
    """What one probe showed; every field that it did not get to is empty.

    `address` is the one that was reached, `chain` is DER as served, leaf first, and
    `latency_ms` the milliseconds from the start of connecting to the end of the
    handshake. A failure has a stable `error_code` and a sentence, `error_text`: see
    `certs.pki.failures`. A failed handshake may have shown a chain all the same.
    """

    target: Target
    address: str
    chain: tuple[bytes, ...]
    tls_version: str
    cipher: str
    latency_ms: int | None
    error_code: str = ""
    error_text: str = ""


class _Attempt:
    """One probe under way: what it does now and what it has seen."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.step = "resolving the name"
        self.address = ""
        self.handshake: Handshake | None = None
        self.latency_ms: int | None = None

    async def run(self, *, deadline: float, guard: Guard) -> None:
        """Resolve, connect and shake hands. Raises ProbeError."""
        target = self.target
        addresses = admitted(await resolve(target.host), guard=guard)
        self.step = "connecting"
        connection, address, began = await connect(
            addresses, port=target.port, deadline=deadline
        )
        with connection:
            self.address = str(address)
            self.step = "shaking hands"
            server_name = target.server_name or target.host
            self.handshake = Handshake(connection, server_name=server_name)
            await self.handshake.run()
            ended = asyncio.get_running_loop().time()
            self.latency_ms = round((ended - began) * 1000)

    def result(self, error: ProbeError | None) -> ProbeResult:
        """Return what was seen up to here."""
        seen = self.handshake
        return ProbeResult(
            target=self.target,
            address=self.address,
            chain=seen.chain if seen else (),
            tls_version=seen.tls_version if seen else "",
            cipher=seen.cipher if seen else "",
            latency_ms=self.latency_ms,
            error_code=error.code if error else "",
            error_text=error.text if error else "",
        )


async def probe(
    target: Target,
    *,
    timeout: float = DEFAULT_TIMEOUT,
    guard: Guard = _ANYWHERE_BUT_HERE,
) -> ProbeResult:
    """Shake hands once with `target`. A failure is a result, not an exception.

    `timeout` in seconds covers name, connection and handshake together. Only
    addresses that `guard` admits are connected to, without a second resolution. The
    handshake does not verify: an expired or untrusted certificate is read as well.
    """
    attempt = _Attempt(target)
    try:
        async with asyncio.timeout(timeout) as limit:
            await attempt.run(deadline=limit.when() or 0.0, guard=guard)
    except TimeoutError:
        text = f"No answer within {timeout:g} s while {attempt.step}."
        return attempt.result(ProbeError("timeout", text))
    except ProbeError as error:
        return attempt.result(error)
    return attempt.result(None)


async def probe_many(
    targets: Iterable[Target],
    *,
    timeout: float = DEFAULT_TIMEOUT,
    guard: Guard = _ANYWHERE_BUT_HERE,
    concurrency: int = DEFAULT_CONCURRENCY,
) -> AsyncGenerator[ProbeResult, None]:
    """Probe all targets, at most `concurrency` at a time; yield results as they end.

    `timeout` in seconds is for each target. Targets are taken from their iterable as
    room becomes free. Leaving the iteration early wants `contextlib.aclosing`, which
    cancels what is under way and closes its sockets.
    """
    waiting = iter(targets)
    ended: asyncio.Queue[asyncio.Task[ProbeResult]] = asyncio.Queue()
    running: set[asyncio.Task[ProbeResult]] = set()
    try:
        while True:
            for target in islice(waiting, concurrency - len(running)):
                task = asyncio.create_task(probe(target, timeout=timeout, guard=guard))
                task.add_done_callback(ended.put_nowait)
                running.add(task)
            if not running:
                return
            task = await ended.get()
            running.remove(task)
            yield task.result()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def probe_all(
    targets: Iterable[Target],
    *,
    timeout: float = DEFAULT_TIMEOUT,
    guard: Guard = _ANYWHERE_BUT_HERE,
    concurrency: int = DEFAULT_CONCURRENCY,
) -> list[ProbeResult]:
    """Probe all targets and return the results in the targets' order.

    For callers without an event loop: it runs its own. See `probe_many`.
    """
    wanted = list(targets)
    many = probe_many(wanted, timeout=timeout, guard=guard, concurrency=concurrency)
    return asyncio.run(_in_order(wanted, many))


async def _in_order(
    targets: Sequence[Target], results: AsyncIterator[ProbeResult]
) -> list[ProbeResult]:
    """Return the results in the targets' order; a target may be there twice."""
    found: defaultdict[Target, list[ProbeResult]] = defaultdict(list)
    async for result in results:
        found[result.target].append(result)
    return [found[target].pop() for target in targets]
