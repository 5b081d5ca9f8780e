"""How the two sides came to a common secret, read from the server's own messages.

Python's ssl module does not tell. Nothing here raises: of a message that is cut off,
what is missing reads as empty.
"""

from collections.abc import Mapping

from certs.pki.groups import group_name

_RANDOM = 32
_TLS_1_3 = b"\x03\x04"
_SUPPORTED_VERSIONS, _KEY_SHARE = 43, 51
_NAMED_CURVE = 3


def key_exchange(
    hello: bytes, server_key_exchange: bytes, *, kinds: Mapping[int, str]
) -> str:
    """Return the group of the key exchange, or what else it was; empty if unknown.

    Takes the bodies of a ServerHello and of a ServerKeyExchange, and what OpenSSL
    calls the exchange of each cipher suite. TLS 1.3 names the group in its ServerHello,
    also in one that asks to try again (RFC 8446 sections 4.1.4 and 4.2.8).
    """
    suite, extensions = _suite_and_extensions(hello)
    if extensions.get(_SUPPORTED_VERSIONS) == _TLS_1_3:
        share = extensions.get(_KEY_SHARE, b"")
        return group_name(_number(share[:2])) if share else ""
    return _before_tls_1_3(kinds.get(suite, ""), server_key_exchange)


def _before_tls_1_3(kind: str, message: bytes) -> str:
    """RFC 5246 section 7.4.3 and RFC 8422 section 5.4; RSA has no such message."""
    if kind == "kx-rsa":
        return "RSA"
    if kind == "kx-ecdhe" and message:
        if message[0] != _NAMED_CURVE:
            return "explicit curve"  # RFC 4492 had them, RFC 8422 forbids them
        return group_name(_number(message[1:3]))
    if kind == "kx-dhe" and message:
        prime = _number(message[2 : 2 + _number(message[:2])])
        return f"DHE {prime.bit_length()} bits"
    return ""


def _suite_and_extensions(hello: bytes) -> tuple[int, dict[int, bytes]]:
    """Return the suite and the extensions in a ServerHello. RFC 8446 section 4.1.3."""
    position = 2 + _RANDOM  # behind the version: the length of the session's id
    position += 1 + _number(hello[position : position + 1])
    suite = _number(hello[position : position + 2])
    position += 2 + 1  # behind the compression: the length of the extensions
    end = position + 2 + _number(hello[position : position + 2])
    position += 2
    extensions: dict[int, bytes] = {}
    while position < min(end, len(hello)):
        kind = _number(hello[position : position + 2])
        begin = position + 4
        position = begin + _number(hello[position + 2 : begin])
        extensions[kind] = hello[begin:position]
    return suite, extensions


def _number(octets: bytes) -> int:
    return int.from_bytes(octets, "big")
