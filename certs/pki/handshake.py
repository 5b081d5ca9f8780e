"""One TLS handshake over a connected socket, without judging the certificate."""

import asyncio
import contextlib
import ssl
import sys
from _ssl import ENCODING_DER
from ipaddress import ip_address
from socket import socket

from certs.pki import failures
from certs.pki.exchange import key_exchange
from certs.pki.records import Records

MAX_HANDSHAKE_BYTES = 1024 * 1024

_READ_BYTES = 64 * 1024
# SSL_OP_LEGACY_SERVER_CONNECT, which the ssl module names from Python 3.12 on.
_LEGACY_SERVER_CONNECT = 0x4


def _make_context() -> ssl.SSLContext:
    """Return a context that shakes hands with anyone: it looks, it does not trust.

    Verification is off, TLS 1.0 and OpenSSL's lowest security level are on, and
    servers without secure renegotiation are accepted, those that do not even encrypt
    (eNULL) too, so that no weak server hides.
    Anonymous cipher suites are left out: they have no certificate to look at.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # The lowest the library has. The ssl module itself keeps SSL 3.0 off.
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:eNULL:!aNULL:@SECLEVEL=0")
    context.options |= _LEGACY_SERVER_CONNECT
    return context


_CONTEXT = _make_context()
# What OpenSSL calls the key exchange of each suite, by the number that is sent.
_EXCHANGES = {suite["id"] & 0xFFFF: suite["kea"] for suite in _CONTEXT.get_ciphers()}


class Handshake:
    """A handshake, and what it showed so far, however it ended."""

    def __init__(self, connection: socket, *, server_name: str) -> None:
        """Prepare a handshake over a connected, non-blocking socket.

        No name is sent when `server_name` is an IP literal (RFC 6066 section 3).
        Raises ProbeError when the name cannot be sent.
        """
        self._connection = connection
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._records = Records()
        try:
            self._tls = _CONTEXT.wrap_bio(
                self._incoming, self._outgoing, server_hostname=_sni(server_name)
            )
        except ValueError as error:
            raise failures.ProbeError(
                "tls_error", "The server name is not one that TLS can send."
            ) from error

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The certificates as served, leaf first, in DER; empty before they came."""
        return _served_chain(self._tls)

    @property
    def tls_version(self) -> str:
        """The version as OpenSSL writes it (`TLSv1.3`), empty while it is not known."""
        return self._tls.version() or self._records.tls_version

    @property
    def cipher(self) -> str:
        """The cipher suite as OpenSSL writes it, empty while it is not agreed on."""
        agreed = self._tls.cipher()
        return agreed[0] if agreed else ""

    @property
    def key_exchange(self) -> str:
        """The group of the key exchange, or what else it was; empty if unknown."""
        seen = self._records
        return key_exchange(seen.hello, seen.server_key_exchange, kinds=_EXCHANGES)

    async def run(self) -> None:
        """Shake hands, then say good-bye. Raises ProbeError.

        A server that shows its certificate and then hangs up because it wants one
        from us (RFC 5246 section 7.4.6) has told all we ask: that is no error.
        """
        try:
            await self._exchange()
        except failures.ProbeError as error:
            wanted_ours = self._records.wants_client_certificate and self.chain
            if not (wanted_ours and error.is_from_server):
                raise
        finally:
            self._say_goodbye()

    async def _exchange(self) -> None:
        """Carry bytes between OpenSSL and the server until the handshake is done.

        Our last word goes out with the good-bye: one packet less for both.
        """
        try:
            while not self._is_done():
                await self._send()
                await self._receive()
        except ssl.SSLError as error:
            raise failures.from_tls_error(error, self._records) from error
        except OSError as error:
            raise failures.from_os_error(error, where="The server") from error

    def _is_done(self) -> bool:
        """Take OpenSSL's next step; False when it wants to hear from the server."""
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    async def _send(self) -> None:
        """Send what OpenSSL has to say, which is nothing after half an answer."""
        if data := self._outgoing.read():
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(self._connection, data)

    async def _receive(self) -> None:
        """Take what the server sends next, as long as it is TLS and not endless."""
        loop = asyncio.get_running_loop()
        data = await loop.sock_recv(self._connection, _READ_BYTES)
        if not data:
            raise failures.from_end(self._records)
        self._records.feed(data)
        if not self._records.is_tls:
            raise failures.from_foreign_bytes(self._records)
        if self._records.received > MAX_HANDSHAKE_BYTES:
            raise failures.ProbeError(
                "tls_error", "The server sent more than 1 MiB in the handshake."
            )
        self._incoming.write(data)

    def _say_goodbye(self) -> None:
        """Send what is left, close_notify or our alert, if the socket takes it."""
        with contextlib.suppress(ssl.SSLError):
            self._tls.unwrap()
        with contextlib.suppress(OSError):
            self._connection.send(self._outgoing.read())


def _sni(server_name: str) -> str | None:
    """Return the name to send, None for an IP literal."""
    if ":" not in server_name and not server_name[-1:].isdigit():
        return server_name  # as most: cheaper than to have it refused
    try:
        ip_address(server_name)
    except ValueError:
        return server_name
    return None


def _served_chain(tls: ssl.SSLObject) -> tuple[bytes, ...]:
    """Return what the server sent as its chain, in DER, verified or not.

    Python 3.13 has a method for it. Before, only the object behind the SSLObject has
    one: there is no other way to the chain of a handshake without verification.
    """
    if sys.version_info >= (3, 13):  # pragma: no cover - runs on newer Pythons only
        return tuple(tls.get_unverified_chain())
    inner = tls._sslobj  # type: ignore[attr-defined]  # noqa: SLF001 - see above
    served = inner.get_unverified_chain() or ()
    return tuple(each.public_bytes(ENCODING_DER) for each in served)
