"""Questions to one endpoint: one connection at a time, and not many of them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from socket import socket

from certs.pki import starttls
from certs.pki.connect import admitted, connect
from certs.pki.deep.answer import Answer, Kind
from certs.pki.deep.reader import Reader
from certs.pki.failures import ProbeError
from certs.pki.guard import Guard, IPAddress
from certs.pki.resolver import Resolver
from certs.pki.target import Target

MOST_CONNECTIONS = 40

_READ_BYTES = 16 * 1024
# A server that was silent this often is not asked again: each time costs a timeout.
_PATIENCE = 2


class SpentError(Exception):
    """There is no connection left, or no patience; never leaves this package."""


class Asker:
    """Asks one endpoint, over a new connection for each question.

    The name is resolved once. The first address that answers is the one that is asked
    to the end, so that no two answers are of two servers.
    """

    def __init__(
        self, target: Target, *, timeout: float, guard: Guard, pause: float, budget: int
    ) -> None:
        """Prepare to ask; `timeout` and `pause` are in seconds, for each connection."""
        self._target = target
        self._timeout, self._pause = timeout, pause
        self._guard = guard
        self._addresses: list[IPAddress] = []
        self._silences = 0
        self.left = min(budget, MOST_CONNECTIONS)
        self.connections = 0

    @property
    def address(self) -> str:
        """The address that is asked, empty before it is known."""
        return str(self._addresses[0]) if self.connections else ""

    async def ask(self, question: bytes) -> Answer:
        """Send `question` and return what the server answers to it.

        Raises ProbeError when no connection was made, and SpentError.
        """
        reader = Reader()
        try:
            async with self.connection() as connection:
                answer = await _answer(connection, question, reader)
        except TimeoutError:
            answer = reader.end(Kind.SILENT)
        except OSError:
            answer = reader.end(Kind.CLOSED)
        if answer.kind is Kind.SILENT:
            self._silences += 1
        return answer

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncIterator[socket]:
        """Give a connected socket, for the length of the timeout.

        Every connection of a deep check is made here. Raises ProbeError, SpentError
        and, in the `async with` block, TimeoutError.
        """
        if self.left <= 0 or self._silences >= _PATIENCE:
            raise SpentError
        if self.connections:
            await asyncio.sleep(self._pause)
        target = self._target
        async with asyncio.timeout(self._timeout):
            await self._resolve()
            with await self._connect() as connection:
                self.connections += 1
                server_name = target.server_name or target.host
                await starttls.ask(connection, target.starttls, server_name=server_name)
                yield connection

    async def _resolve(self) -> None:
        if not self._addresses:
            hosts = dict.fromkeys(self._target.addresses or (self._target.host,))
            with Resolver(threads=1) as resolver:
                found = [
                    each for host in hosts for each in await resolver.resolve(host)
                ]
            self._addresses = admitted(found, guard=self._guard)

    async def _connect(self) -> socket:
        """Connect to the first address that answers, which is the only one then."""
        while self.left > 0:
            self.left -= 1
            address, *others = self._addresses
            seconds = self._timeout / len(self._addresses)
            try:
                made = await connect(address, port=self._target.port, seconds=seconds)
            except ProbeError:
                if not others:
                    raise
                self._addresses = others
            else:
                self._addresses = [address]
                return made
        raise SpentError


async def _answer(connection: socket, question: bytes, reader: Reader) -> Answer:
    """Carry bytes to the reader until it has its answer or the server hung up."""
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(connection, question)
    while reader.answer is None:
        data = await loop.sock_recv(connection, _READ_BYTES)
        if not data:
            return reader.end(Kind.CLOSED)
        reader.feed(data)
    return reader.answer
