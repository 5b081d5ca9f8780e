"""How protocols of packets are asked for TLS: LDAP, PostgreSQL, MySQL."""

from certs.pki import asn1
from certs.pki.starttls.dialogue import (
    Dialogue,
    nonsense,
    not_offered,
    refused,
    unexpected,
)

# LDAP: RFC 4511 sections 4.1.9, 4.12 and 4.14.
_START_TLS = b"1.3.6.1.4.1.1466.20037"
_LDAP_REQUEST = (
    b"\x30\x1d\x02\x01\x01\x77\x18\x80" + bytes((len(_START_TLS),)) + _START_TLS
)
_EXTENDED_RESPONSE = 0x78
_ENUMERATED = 0x0A
_SUCCESS, _PROTOCOL_ERROR = 0, 2
_LONG_FORM = 0x80
_LENGTH_OCTETS = 4

# PostgreSQL: "SSL Session Encryption" and SSLRequest in "Message Formats".
_SSL_REQUEST = (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")

# MySQL: "Protocol::Handshake" and "Protocol::SSLRequest" of its internals.
_PROTOCOL_10 = 10
_ERROR_PACKET = 0xFF
_CLIENT_PROTOCOL_41, _CLIENT_SSL, _CLIENT_SECURE_CONNECTION = 0x200, 0x800, 0x8000
_CLIENT_FLAGS = _CLIENT_PROTOCOL_41 | _CLIENT_SSL | _CLIENT_SECURE_CONNECTION
_LARGEST_PACKET = 1 << 24
_UTF8_CHARSET = 33
_BEFORE_CAPABILITIES = 4 + 8 + 1  # thread, first part of the scramble, a filler


async def ldap(dialogue: Dialogue) -> None:
    """LDAP: the extended operation StartTLS, RFC 4511 section 4.14."""
    await dialogue.say(_LDAP_REQUEST)
    message = await _ber_message(dialogue)
    try:
        number, response = asn1.children(asn1.read(message))[:2]
        is_ours = asn1.integer(number) == 1
        result, _, diagnosis = asn1.children(response, tag=_EXTENDED_RESPONSE)[:3]
        code = int.from_bytes(asn1.content(result, tag=_ENUMERATED), "big")
    except ValueError as error:  # DerError, or fewer parts than there must be
        raise unexpected(message) from error
    if is_ours and code == _SUCCESS:
        return
    if is_ours and code == _PROTOCOL_ERROR:  # RFC 4511 section 4.12: not known
        raise not_offered()
    raise refused(b"%d %s" % (code, diagnosis.content))


async def _ber_message(dialogue: Dialogue) -> bytes:
    """Return one element of BER with a definite length. RFC 4511 section 5.1."""
    head = await dialogue.exactly(2)
    octets = head[1] & ~_LONG_FORM if head[1] & _LONG_FORM else 0
    if head[0] != asn1.SEQUENCE or octets > _LENGTH_OCTETS:
        raise unexpected(head)
    more = await dialogue.exactly(octets)
    length = int.from_bytes(more, "big") if octets else head[1]
    return head + more + await dialogue.exactly(length)


async def postgres(dialogue: Dialogue) -> None:
    """PostgreSQL: one byte answers SSLRequest, or an ErrorResponse."""
    await dialogue.say(_SSL_REQUEST)
    answer = await dialogue.exactly(1)
    if answer == b"N":
        dialogue.end()
        raise not_offered()
    if answer == b"E":
        length = int.from_bytes(await dialogue.exactly(4), "big") - 4
        fields = (await dialogue.exactly(max(length, 0))).split(b"\0")
        said = next((field[1:] for field in fields if field[:1] == b"M"), b"")
        raise refused(said)
    if answer != b"S":
        raise unexpected(answer)


async def mysql(dialogue: Dialogue) -> None:
    """MySQL and MariaDB: the server's greeting says what it can, then we tell it."""
    length = int.from_bytes((await dialogue.exactly(4))[:3], "little")
    greeting = await dialogue.exactly(length)
    if greeting[:1] == bytes((_ERROR_PACKET,)):
        raise refused(greeting[3:])
    if greeting[:1] != bytes((_PROTOCOL_10,)):
        raise nonsense("The server does not greet as MySQL does", greeting)
    _version, _, rest = greeting[1:].partition(b"\0")
    capabilities = rest[_BEFORE_CAPABILITIES : _BEFORE_CAPABILITIES + 2]
    if len(capabilities) < 2:  # noqa: PLR2004 - two octets, or it was cut off
        raise unexpected(greeting)
    if not int.from_bytes(capabilities, "little") & _CLIENT_SSL:
        raise not_offered()
    request = (
        _CLIENT_FLAGS.to_bytes(4, "little")
        + _LARGEST_PACKET.to_bytes(4, "little")
        + bytes((_UTF8_CHARSET,))
        + bytes(23)
    )
    await dialogue.say(len(request).to_bytes(3, "little") + b"\x01" + request)
