"""What a server sends during a handshake, read from the bytes themselves.

OpenSSL says why a handshake failed in texts that differ between its versions. The
record layer (RFC 8446 section 5.1, RFC 5246 section 6.2) does not change.
"""

_ALERT, _HANDSHAKE = 21, 22
_RECORD_TYPES = {20, _ALERT, _HANDSHAKE, 23}
_MAJOR_VERSION = 3
_HEADER, _MESSAGE_HEADER, _ALERT_BYTES = 5, 4, 2
_SERVER_HELLO, _CERTIFICATE_REQUEST = 2, 13
_VERSIONS = {0x0301: "TLSv1", 0x0302: "TLSv1.1", 0x0303: "TLSv1.2"}
_EXCERPT_CHARACTERS = 40


class Records:
    """Follows the records of one server as long as they are not encrypted."""

    def __init__(self) -> None:
        self.received = 0
        self.alert: int | None = None
        self.wants_client_certificate = False
        self._hello_version = 0
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
        return _VERSIONS.get(self._hello_version, "")

    @property
    def excerpt(self) -> str:
        """The first line that came: at most 40 characters, others as dots."""
        text = self._start.decode("latin-1").strip().partition("\n")[0].strip()
        printable = (c if c.isascii() and c.isprintable() else "." for c in text)
        return "".join(printable)[:_EXCERPT_CHARACTERS]

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
            if self._messages[0] == _SERVER_HELLO:
                self._hello_version = int.from_bytes(self._messages[4:6], "big")
            if self._messages[0] == _CERTIFICATE_REQUEST:
                self.wants_client_certificate = True
            del self._messages[:end]
