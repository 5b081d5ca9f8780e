"""One probe under way, step by step: find addresses, then try one after the other."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, Self

from certs.pki import starttls
from certs.pki.connect import admitted, connect
from certs.pki.failures import ProbeError
from certs.pki.guard import Guard, IPAddress
from certs.pki.handshake import Handshake
from certs.pki.resolver import Resolver
from certs.pki.target import MAX_NODES, ProbeResult, Target


class Attempt:
    """What a probe does now, what time it has left and what it has seen.

    Only the steps take from its `timeout` in seconds, not the time between them.
    """

    def __init__(self, target: Target, *, timeout: float, number: int = 0) -> None:
        """Prepare a probe; `number` tells it from others, also of the same target."""
        self.order = (number, 0)
        self._target = target
        self._timeout = timeout
        self._spent = 0.0
        self._step = ""
        self._nodes = 1
        self._left: list[IPAddress] = []
        self._address = ""
        self._handshake: Handshake | None = None
        self._latency_ms: int | None = None
        self._error: ProbeError | None = None

    @property
    def next_address(self) -> IPAddress | None:
        """The address to try next, None when there is nothing more to do."""
        return self._left[0] if self._left else None

    async def find(self, resolver: Resolver, *, guard: Guard) -> None:
        """Find the addresses to try: only those that `guard` admits."""
        self._step = "resolving the name"
        await self._take_time(self._find(resolver, guard=guard))

    def nodes(self) -> Sequence[Self]:
        """Return a probe for each node if the target wants that, or this one."""
        if not (self._target.every_node and self._left):
            return [self]
        left = self._left[:MAX_NODES]
        nodes = [self._node(number, address) for number, address in enumerate(left)]
        for node in nodes:
            node._nodes = len(nodes)  # noqa: SLF001 - another one of its own class
        return nodes

    def _node(self, number: int, address: IPAddress) -> Self:
        node = type(self)(self._target, timeout=self._timeout)
        node.order = (self.order[0], number)
        node._spent = self._spent  # noqa: SLF001 - another one of its own class
        node._left, node._address = [address], str(address)  # noqa: SLF001 - the same
        return node

    async def try_next(self) -> None:
        """Try the next address, which ends the probe unless nobody accepts there.

        Each address gets an equal share of the time that is left to connect in, so that
        a dead one leaves time for the next.
        """
        address, *others = self._left
        self._left, self._error = others, None
        self._step = "connecting"
        await self._take_time(self._try(address, addresses=1 + len(others)))

    def result(self) -> ProbeResult:
        """Return what was seen up to here."""
        seen, error = self._handshake, self._error
        return ProbeResult(
            target=self._target,
            address=self._address,
            chain=seen.chain if seen else (),
            tls_version=seen.tls_version if seen else "",
            cipher=seen.cipher if seen else "",
            key_exchange=seen.key_exchange if seen else "",
            latency_ms=self._latency_ms,
            nodes=self._nodes,
            error_code=error.code if error else "",
            error_text=error.text if error else "",
        )

    async def _find(self, resolver: Resolver, *, guard: Guard) -> None:
        target = self._target
        hosts = dict.fromkeys(target.addresses or (target.host,))
        found = [each for host in hosts for each in await resolver.resolve(host)]
        self._left = admitted(found, guard=guard)

    async def _try(self, address: IPAddress, *, addresses: int) -> None:
        target = self._target
        began = asyncio.get_running_loop().time()
        seconds = (self._timeout - self._spent) / addresses
        connection = await connect(address, port=target.port, seconds=seconds)
        with connection:
            self._left, self._address = [], str(address)
            server_name = target.server_name or target.host
            self._step = "asking for STARTTLS"
            await starttls.ask(connection, target.starttls, server_name=server_name)
            self._step = "shaking hands"
            self._handshake = Handshake(connection, server_name=server_name)
            await self._handshake.run()
        ended = asyncio.get_running_loop().time()
        self._latency_ms = round((ended - began) * 1000)

    async def _take_time(self, step: Coroutine[Any, Any, None]) -> None:
        """Do a step in the time there is left, and keep its failure."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(self._timeout - self._spent):
                await step
        except TimeoutError:
            text = f"No answer within {self._timeout:g} s while {self._step}."
            self._error = ProbeError("timeout", text)
        except ProbeError as error:
            self._error = error
        finally:
            self._spent += loop.time() - began
