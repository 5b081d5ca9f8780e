"""What is said in the clear before TLS begins: every answer is bounded."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

from certs.pki.excerpt import excerpt
from certs.pki.failures import ProbeError, from_os_error

MAX_LINE_BYTES = 8192
MAX_LINES = 500
MAX_BYTES = 64 * 1024

_READ_BYTES = 4096


class Dialogue:
    """A conversation over a connected, non-blocking socket.

    Answers may come in any pieces. One that is longer than a line of `MAX_LINE_BYTES`,
    `MAX_LINES` lines or `MAX_BYTES` altogether is an error, and so is the end of the
    connection: all methods raise ProbeError.
    """

    def __init__(self, connection: socket.socket, *, server_name: str) -> None:
        self.server_name = server_name
        self._connection = connection
        self._buffer = bytearray()
        self._received = 0
        self._lines = 0

    @property
    def own_address(self) -> str:
        """The address of this side's end of the connection."""
        return str(self._connection.getsockname()[0])

    async def say(self, data: bytes) -> None:
        """Send `data` as it is."""
        loop = asyncio.get_running_loop()
        with _os_errors():
            await loop.sock_sendall(self._connection, data)

    async def line(self) -> bytes:
        """Return the line that comes next without its end, which is LF or CR LF."""
        return (await self.until(b"\n")).rstrip(b"\r\n")

    async def until(self, end: bytes) -> bytes:
        """Return what comes next up to `end`, an octet, and with it."""
        self._lines += 1
        if self._lines > MAX_LINES:
            raise nonsense("The server sent too many lines.")
        while (found := self._buffer.find(end)) < 0:
            if len(self._buffer) > MAX_LINE_BYTES:
                raise nonsense("The server sent a line without an end.")
            await self._receive()
        return self._take(found + 1)

    async def exactly(self, count: int) -> bytes:
        """Return the `count` bytes that come next."""
        if count > MAX_BYTES:
            raise nonsense("The server announced a message that is too long.")
        while len(self._buffer) < count:
            await self._receive()
        return self._take(count)

    def end(self) -> None:
        """Make sure that nothing came behind the word that TLS may begin.

        A client that took it for the first bytes inside TLS would obey whoever put it
        there (RFC 3207 section 5, CVE-2011-0411, CVE-2021-23222).
        """
        with contextlib.suppress(OSError):  # nothing there, or the handshake will tell
            self._buffer += self._connection.recv(_READ_BYTES, socket.MSG_PEEK)
        if self._buffer:
            raise nonsense(
                "The server sent more than its consent before TLS began",
                bytes(self._buffer),
            )

    async def _receive(self) -> None:
        loop = asyncio.get_running_loop()
        with _os_errors():
            data = await loop.sock_recv(self._connection, _READ_BYTES)
        if not data:
            text = "The server closed the connection before TLS began."
            raise ProbeError("closed", text)
        self._received += len(data)
        if self._received > MAX_BYTES:
            raise nonsense("The server said more than 64 KiB before TLS began.")
        self._buffer += data

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken


def nonsense(text: str, said: bytes | None = None) -> ProbeError:
    """Return the failure of a server that does not keep to its protocol.

    `text` is a sentence, or the begin of one that ends in an excerpt of `said`.
    """
    if said is not None:
        text = f"{text}: “{excerpt(said)}”."
    return ProbeError("starttls_error", text)


def unexpected(said: bytes) -> ProbeError:
    """Return the failure of an answer that the protocol does not know."""
    return nonsense("The server answered what its protocol does not know", said)


def not_offered() -> ProbeError:
    """Return the failure of a server that does not have STARTTLS."""
    return ProbeError("starttls_not_offered", "The server does not offer STARTTLS.")


def refused(said: bytes) -> ProbeError:
    """Return the failure of a server that says no, to STARTTLS or to the client."""
    text = f"The server refused to begin TLS: “{excerpt(said)}”."
    return ProbeError("starttls_refused", text)


@contextlib.contextmanager
def _os_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise from_os_error(error, where="The server") from error
