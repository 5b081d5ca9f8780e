"""What a server sends during a handshake, read from the bytes themselves.

OpenSSL says why a handshake failed in texts that differ between its versions. The
record layer (RFC 8446 section 5.1, RFC 5246 section 6.2) does not change.
"""

from certs.pki.excerpt import excerpt

_ALERT, _HANDSHAKE = 21, 22
_RECORD_TYPES = {20, _ALERT, _HANDSHAKE, 23}
_MAJOR_VERSION = 3
_HEADER, _MESSAGE_HEADER, _ALERT_BYTES = 5, 4, 2
_SERVER_HELLO, _SERVER_KEY_EXCHANGE, _CERTIFICATE_REQUEST = 2, 12, 13
_VERSIONS = {b"\3\1": "TLSv1", b"\3\2": "TLSv1.1", b"\3\3": "TLSv1.2"}


class Records:
    """Follows the records of one server as long as they are not encrypted.

    `hello` and `server_key_exchange` are the bodies of these messages, empty before
    they came.
    """

    def __init__(self) -> None:
        self.received = 0
        self.alert: int | None = None
        self.wants_client_certificate = False
        self.hello = b""
        self.server_key_exchange = b""
        self._start = b""
        self._buffer = bytearray()
        self._messages = bytearray()
        self._is_plain = True

    @property
    def is_tls(self) -> bool:
        """Whether what came so far can be the start of a TLS record."""
        first, second = self._start[:1], self._start[1:2]
        return (not first or first[0] in _RECORD_TYPES) and (
            not second or second[0] == _MAJOR_VERSION
        )

    @property
    def tls_version(self) -> str:
        """The version up to TLS 1.2 as OpenSSL writes it, once it is certain.

        TLS 1.3 has the same number in its ServerHello, but encrypts all that follows.
        """
        if not self.wants_client_certificate:
            return ""
        return _VERSIONS.get(self.hello[:2], "")

    @property
    def excerpt(self) -> str:
        """The first line that came, as it may be shown to people."""
        return excerpt(self._start)

    def feed(self, data: bytes) -> None:
        """Take the bytes that came next."""
        self.received += len(data)
        self._start = (self._start + data)[:256]
        if self._is_plain and self.is_tls:
            self._buffer += data
            self._take_records()

    def _take_records(self) -> None:
        while len(self._buffer) >= _HEADER and self._is_plain:
            end = _HEADER + int.from_bytes(self._buffer[3:5], "big")
            if len(self._buffer) < end:
                return
            kind, body = self._buffer[0], bytes(self._buffer[_HEADER:end])
            del self._buffer[:end]
            if kind == _HANDSHAKE:
                self._messages += body
                self._take_messages()
            elif kind == _ALERT and len(body) == _ALERT_BYTES:
                self.alert = body[1]
            else:  # change_cipher_spec or application data: encrypted from here on
                self._is_plain = False

    def _take_messages(self) -> None:
        """Note the handshake messages; one may span records. RFC 5246 section 7.4."""
        while len(self._messages) >= _MESSAGE_HEADER:
            end = _MESSAGE_HEADER + int.from_bytes(self._messages[1:4], "big")
            if len(self._messages) < end:
                return
            kind, body = self._messages[0], bytes(self._messages[_MESSAGE_HEADER:end])
            del self._messages[:end]
            if kind == _SERVER_HELLO:
                self.hello = body
            elif kind == _SERVER_KEY_EXCHANGE:
                self.server_key_exchange = body
            elif kind == _CERTIFICATE_REQUEST:
                self.wants_client_certificate = True
