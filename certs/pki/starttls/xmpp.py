"""How XMPP is asked for TLS: RFC 6120 section 5.4."""

import html
import re

from certs.pki.starttls.dialogue import Dialogue, not_offered, refused, unexpected

_NAME = re.compile(rb"/?(?:[^\s:/]+:)?([^\s:/]+)")
_TLS = b"urn:ietf:params:xml:ns:xmpp-tls"
_STREAM = (
    b"<?xml version='1.0'?><stream:stream to='%s' version='1.0' xmlns='%s'"
    b" xmlns:stream='http://etherx.jabber.org/streams'>"
)


async def client(dialogue: Dialogue) -> None:
    """XMPP as clients speak it: RFC 6120 section 4.8.2."""
    await _stream(dialogue, namespace=b"jabber:client")


async def server(dialogue: Dialogue) -> None:
    """XMPP as servers speak it among themselves: RFC 6120 section 4.8.2."""
    await _stream(dialogue, namespace=b"jabber:server")


async def _stream(dialogue: Dialogue, *, namespace: bytes) -> None:
    """Open a stream to the server's name and ask for TLS within it."""
    to = html.escape(dialogue.server_name).encode("ascii", "replace")
    await dialogue.say(_STREAM % (to, namespace))
    if not await _is_offered(dialogue):
        raise not_offered()
    await dialogue.say(b"<starttls xmlns='%s'/>" % _TLS)
    tag = await _tag(dialogue)
    if _name(tag) == b"failure":
        raise refused(tag)
    if _name(tag) != b"proceed" or _TLS not in tag:
        raise unexpected(tag)
    if not tag.endswith(b"/"):
        closing = await _tag(dialogue)
        if closing.rstrip() != b"/proceed":
            raise unexpected(closing)


async def _is_offered(dialogue: Dialogue) -> bool:
    """Read the stream to the end of its features; tell whether TLS is one of them."""
    tag = await _tag(dialogue)
    if tag.startswith(b"?xml"):
        tag = await _tag(dialogue)
    if _name(tag) != b"stream":
        raise unexpected(tag)
    tag = await _tag(dialogue)
    if _name(tag) == b"error":
        raise refused(await _tag(dialogue))
    if _name(tag) != b"features":
        raise unexpected(tag)
    is_offered = False
    while not (_name(tag) == b"features" and b"/" in (tag[:1], tag[-1:])):
        tag = await _tag(dialogue)
        is_offered = is_offered or (_name(tag) == b"starttls" and _TLS in tag)
    return is_offered


async def _tag(dialogue: Dialogue) -> bytes:
    """Return what is between the next pair of angle brackets."""
    return (await dialogue.until(b">"))[:-1].rpartition(b"<")[2]


def _name(tag: bytes) -> bytes:
    """Return the name of a tag without its prefix."""
    match = _NAME.match(tag)
    return match[1] if match else b""
