"""Deep checks of several endpoints at a time."""

import asyncio
from collections.abc import Sequence

from certs.pki.deep.check import deep
from certs.pki.deep.result import DeepResult
from certs.pki.guard import Guard
from certs.pki.target import Target

AT_ONCE = 20


def deep_all(
    targets: Sequence[Target], *, timeout: float, guard: Guard, at_once: int = AT_ONCE
) -> list[DeepResult]:
    """Return a deep check of each target, in their order, `at_once` at a time.

    For callers without an event loop: it runs its own. `timeout` in seconds is for
    each connection.
    """
    return asyncio.run(_gather(targets, timeout=timeout, guard=guard, at_once=at_once))


async def _gather(
    targets: Sequence[Target], *, timeout: float, guard: Guard, at_once: int
) -> list[DeepResult]:
    room = asyncio.Semaphore(at_once)

    async def one(target: Target) -> DeepResult:
        async with room:
            return await deep(target, timeout=timeout, guard=guard)

    return await asyncio.gather(*map(one, targets))
