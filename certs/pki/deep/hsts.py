"""Whether a web server insists on HTTPS: Strict-Transport-Security (RFC 6797)."""

import asyncio
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from socket import socket
from typing import TypeVar

MAX_HEADER_BYTES = 32 * 1024
MAX_BYTES = 1024 * 1024

_MAX_AGE = re.compile(r'max-age\s*=\s*"?(\d{1,12})"?\s*', re.IGNORECASE)
_STATUS = b"HTTP/1."
_HEADER = "strict-transport-security"
_READ_BYTES = 16 * 1024

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a server said; `max_age` is in seconds, None without a valid header."""

    speaks_http: bool
    max_age: int | None = None


def _make_context() -> ssl.SSLContext:
    """Return a context that shakes hands with anyone: the header is all it wants."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:!aNULL:@SECLEVEL=0")
    return context


_CONTEXT = _make_context()


async def read_policy(connection: socket, *, host: str) -> Policy:
    """Shake hands over a connected, non-blocking socket and ask for the headers of `/`.

    A server that answers anything else than HTTP does not speak it. Raises OSError, of
    which ssl.SSLError is one, when there was no handshake.
    """
    channel = _Channel(connection, host)
    await channel.do(channel.tls.do_handshake)
    await channel.do(partial(channel.tls.write, _request(host)))
    head = b""
    while _may_go_on(head):
        data = await channel.read()
        if not data:
            break
        head += data
    if not head.startswith(_STATUS):
        return Policy(speaks_http=False)
    return Policy(speaks_http=True, max_age=max_age(head.decode("latin-1")))


def max_age(head: str) -> int | None:
    """Return the seconds that the first such header of an HTTP response gives.

    None when there is none, or when it breaks the rules: RFC 6797 sections 6.1 and 8.1.
    """
    for line in head.split("\n")[1:]:
        name, _colon, value = line.partition(":")
        if name.strip().lower() == _HEADER:
            matches = (_MAX_AGE.fullmatch(each.strip()) for each in value.split(";"))
            return next((int(match[1]) for match in matches if match), None)
    return None


def _may_go_on(head: bytes) -> bool:
    """Return whether `head` is the start of a response that is not yet complete."""
    is_http = _STATUS.startswith(head[: len(_STATUS)])
    return is_http and b"\r\n\r\n" not in head and len(head) < MAX_HEADER_BYTES


class _Channel:
    """TLS over a socket, of which the server may send 1 MiB at most."""

    def __init__(self, connection: socket, server_name: str) -> None:
        """Prepare the channel. Raises OSError when the name cannot be sent."""
        self._connection = connection
        self._left = MAX_BYTES
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        try:
            self.tls = _CONTEXT.wrap_bio(
                self._incoming, self._outgoing, server_hostname=_sni(server_name)
            )
        except ValueError as error:
            raise ssl.SSLError("The server name cannot be sent.") from error

    async def do(self, step: Callable[[], _Result]) -> _Result:
        """Take one step of OpenSSL's, carrying bytes to and fro until it is done."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                await loop.sock_sendall(self._connection, self._outgoing.read())
                data = await loop.sock_recv(self._connection, _READ_BYTES)
                self._left -= len(data)
                if not data or self._left < 0:
                    raise ssl.SSLError("The server ended, or would not end.") from None
                self._incoming.write(data)

    async def read(self) -> bytes:
        """Return what comes next, nothing when the server has ended."""
        try:
            return await self.do(partial(self.tls.read, _READ_BYTES))
        except ssl.SSLError:
            return b""


def _request(host: str) -> bytes:
    name = f"[{host}]" if ":" in host else host
    lines = ("HEAD / HTTP/1.1", f"Host: {name}", "User-Agent: Certdesk", "Accept: */*")
    return "\r\n".join((*lines, "Connection: close", "", "")).encode("ascii", "replace")


def _sni(server_name: str) -> str | None:
    """Return the name to send, None for an IP literal (RFC 6066 section 3)."""
    try:
        ip_address(server_name)
    except ValueError:
        return server_name
    return None
