"""Servers that speak TLS well, badly or not at all: one handler a behaviour."""

import asyncio
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from certs.pki.demo.authority import Identity

Handler = Callable[[socket.socket], Awaitable[None]]

_READ_BYTES = 16 * 1024
_BODY = b"<!doctype html><title>Demo</title><p>This server is part of a demo.\n"
_HEADERS = b"Content-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
_PAGE = b"HTTP/1.1 200 OK\r\n" + _HEADERS % len(_BODY) + _BODY
_BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\n" + _HEADERS % 0
# What a mail server says, and the command that it then waits for.
_SMTP = (
    (b"220 Demo ESMTP\r\n", b"EHLO "),
    (b"250-Demo\r\n250 STARTTLS\r\n", b"STARTTLS\r\n"),
)
_FATAL = 2

_Answer = TypeVar("_Answer")


def make_context(
    identity: Identity,
    *,
    chain: Iterable[bytes] | None = None,
    maximum_version: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED,
    client_root: bytes = b"",
) -> ssl.SSLContext:
    """Return the context of a server that is `identity`.

    It sends `chain` (DER, leaf first), by default the proper one, and demands a
    certificate below `client_root` (DER) if there is one. Weak keys and signatures
    are let through. The ssl module reads keys from files only: this one's is in a
    directory of its own, mode 0700, and gone when the function returns.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.maximum_version = maximum_version
    context.num_tickets = 0
    if client_root:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=client_root)
    served = identity.chain if chain is None else chain
    pem = "".join(map(ssl.DER_cert_to_PEM_cert, served)).encode() + identity.key_pem
    with TemporaryDirectory() as directory:
        path = Path(directory, "identity.pem")
        path.write_bytes(pem)
        context.load_cert_chain(path)
    return context


def speak_tls(context: ssl.SSLContext) -> Handler:
    """Return a handler that shakes hands and answers any request with a small page."""

    async def handle(connection: socket.socket) -> None:
        await _Conversation(connection, context).hold()

    return handle


def speak_smtp(context: ssl.SSLContext) -> Handler:
    """Return a handler that is a mail server until TLS begins. RFC 3207 section 4."""
    speak_on = speak_tls(context)

    async def handle(connection: socket.socket) -> None:
        for answer, command in _SMTP:
            await _send(connection, answer)
            if not (await _receive(connection)).upper().startswith(command):
                return
        await _send(connection, b"220 Go ahead\r\n")
        await speak_on(connection)

    return handle


def send_alert(number: int) -> Handler:
    """Return a handler that answers with a fatal alert. RFC 8446 section 6."""

    async def handle(connection: socket.socket) -> None:
        await _receive(connection)
        await _send(connection, bytes((21, 3, 3, 0, 2, _FATAL, number)))

    return handle


async def never_answer(connection: socket.socket) -> None:
    """Read what comes and say nothing until the other side gives up."""
    while await _receive(connection):
        pass


async def speak_plain_http(connection: socket.socket) -> None:
    """Answer as an HTTP server without TLS does, also to a ClientHello."""
    request = await _receive(connection)
    await _send(connection, _PAGE if request.startswith(b"GET ") else _BAD_REQUEST)


async def close_at_once(connection: socket.socket) -> None:
    """Hang up on the first bytes."""
    await _receive(connection)


async def reset_at_once(connection: socket.socket) -> None:
    """Hang up on the first bytes with a reset instead of a proper end."""
    await _receive(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class _Conversation:
    """The server's side of one TLS connection."""

    def __init__(self, connection: socket.socket, context: ssl.SSLContext) -> None:
        self._connection = connection
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    async def hold(self) -> None:
        """Shake hands, read a request, answer it, say good-bye. Raises OSError."""
        await self._do(self._tls.do_handshake)
        if await self._do(partial(self._tls.read, _READ_BYTES)):
            await self._do(partial(self._tls.write, _PAGE))
        await self._do(self._tls.unwrap)

    async def _do(self, step: Callable[[], _Answer]) -> _Answer:
        """Take one step of OpenSSL's, carrying bytes to and fro until it is done."""
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                await self._flush()
                self._incoming.write(await _receive_some(self._connection))
            finally:
                await self._flush()

    async def _flush(self) -> None:
        await _send(self._connection, self._outgoing.read())


async def _receive(connection: socket.socket) -> bytes:
    return await asyncio.get_running_loop().sock_recv(connection, _READ_BYTES)


async def _receive_some(connection: socket.socket) -> bytes:
    """Return the bytes that come next; raises ConnectionError when none do."""
    data = await _receive(connection)
    if not data:
        raise ConnectionError("The client hung up.")
    return data


async def _send(connection: socket.socket, data: bytes) -> None:
    await asyncio.get_running_loop().sock_sendall(connection, data)
