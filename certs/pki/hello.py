"""ClientHellos by hand: what no TLS library of today would offer any more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from secrets import token_bytes

from certs.pki.groups import Group
from certs.pki.suites import SSL3, TLS10, TLS12, TLS13, Suite

_HANDSHAKE, _CLIENT_HELLO = 22, 1
_RENEGOTIATION_SCSV = 0x00FF  # RFC 5746 section 3.3, for SSL 3.0 without extensions
# Old load balancers stall at a ClientHello of 256 to 511 bytes: RFC 7685.
_STALLING, _PADDED_TO = range(256, 512), 512

# Extensions: IANA's TLS ExtensionType values.
SERVER_NAME, SUPPORTED_GROUPS, POINT_FORMATS, SIGNATURE_ALGORITHMS = 0, 10, 11, 13
HEARTBEAT, PADDING, SUPPORTED_VERSIONS, KEY_SHARE = 15, 21, 43, 51
RENEGOTIATION_INFO = 0xFF01

# Everything a server may sign with, the strong ones first (RFC 8446 section 4.2.3, RFC
# 5246 section 7.4.1.4.1): which one it takes is not asked.
_SIGNATURE_ALGORITHMS = (
    *(0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806),
    *(0x0809, 0x080A, 0x080B, 0x0904, 0x0905, 0x0906),
    *(0x0401, 0x0501, 0x0601, 0x0402, 0x0502, 0x0602),
    *(0x0303, 0x0301, 0x0302, 0x0203, 0x0201, 0x0202, 0x0101),
)
# SSL 2.0's kinds of cipher: RC4, RC2, IDEA, DES and 3DES, whole and for export.
_SSL2_CIPHERS = bytes.fromhex("0100800200800300800400800500800600400700c0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """What to ask a server.

    `version` is the highest that is offered; TLS 1.3 is offered alone, without a key,
    so that the server names its group (HelloRetryRequest, RFC 8446 section 4.1.4).
    `server_name` is not sent when it is an IP literal or cannot be sent. With
    `asks_extras`, compression (RFC 3749) and heartbeats (RFC 6520) are offered: not to
    use them, but to see whether the server would.
    """

    version: int
    suites: tuple[Suite, ...]
    groups: tuple[Group, ...]
    server_name: str
    asks_extras: bool = False


def encode(hello: Hello) -> bytes:
    """Return the record that holds `hello`. RFC 8446 section 4.1.2, RFC 6101."""
    numbers = [suite.number for suite in hello.suites]
    if hello.version == SSL3:
        numbers.append(_RENEGOTIATION_SCSV)
    body = b"".join(
        (
            _uint16(min(hello.version, TLS12)),
            token_bytes(32),
            # TLS 1.3 sends one for the sake of middleboxes: RFC 8446 section D.4.
            _vector8(token_bytes(32) if hello.version == TLS13 else b""),
            _vector16(b"".join(map(_uint16, numbers))),
            _vector8(b"\x01\x00" if hello.asks_extras else b"\x00"),
        )
    )
    if hello.version != SSL3:
        extensions = _extensions(hello)
        length = 4 + len(body) + 2 + len(extensions)
        if length in _STALLING:
            filling = bytes(max(_PADDED_TO - length - 4, 1))
            extensions += _extension(PADDING, filling)
        body += _vector16(extensions)
    message = bytes((_CLIENT_HELLO,)) + len(body).to_bytes(3, "big") + body
    record_version = min(hello.version, TLS10)  # RFC 5246 section E.1
    return bytes((_HANDSHAKE,)) + _uint16(record_version) + _vector16(message)


def encode_ssl2() -> bytes:
    """Return an SSL 2.0 CLIENT-HELLO: all its ciphers and a challenge of 16 bytes."""
    challenge = token_bytes(16)
    lengths = (len(_SSL2_CIPHERS), 0, len(challenge))
    body = b"\x01\x00\x02" + b"".join(map(_uint16, lengths))
    body += _SSL2_CIPHERS + challenge
    return _uint16(0x8000 | len(body)) + body


def _extensions(hello: Hello) -> bytes:
    parts = []
    name = _sendable(hello.server_name)
    if name:
        entry = b"\x00" + _vector16(name)
        parts.append(_extension(SERVER_NAME, _vector16(entry)))
    parts.append(_extension(SUPPORTED_GROUPS, _list16(g.number for g in hello.groups)))
    if hello.version >= TLS12:
        algorithms = _list16(_SIGNATURE_ALGORITHMS)
        parts.append(_extension(SIGNATURE_ALGORITHMS, algorithms))
    if hello.version == TLS13:
        parts.append(_extension(SUPPORTED_VERSIONS, _vector8(_uint16(TLS13))))
        parts.append(_extension(KEY_SHARE, _vector16(b"")))
    else:
        parts.append(_extension(POINT_FORMATS, _vector8(b"\x00")))
        parts.append(_extension(RENEGOTIATION_INFO, _vector8(b"")))
    if hello.asks_extras:
        parts.append(_extension(HEARTBEAT, b"\x01"))
    return b"".join(parts)


def _sendable(server_name: str) -> bytes:
    """Return the name as SNI, empty for what it cannot hold. RFC 6066 section 3."""
    try:
        ip_address(server_name)
    except ValueError:
        ascii_name = server_name.encode("ascii", "ignore")
        fits = len(ascii_name) == len(server_name) <= 255  # noqa: PLR2004 - DNS's limit
        return ascii_name if fits else b""
    return b""


def _extension(kind: int, content: bytes) -> bytes:
    return _uint16(kind) + _vector16(content)


def _list16(numbers: Iterable[int] | Sequence[int]) -> bytes:
    return _vector16(b"".join(map(_uint16, numbers)))


def _uint16(number: int) -> bytes:
    return number.to_bytes(2, "big")


def _vector8(content: bytes) -> bytes:
    return bytes((len(content),)) + content


def _vector16(content: bytes) -> bytes:
    return _uint16(len(content)) + content
