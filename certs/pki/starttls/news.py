"""How news, files and chat are asked for TLS: NNTP, FTP and IRC."""

from certs.pki.starttls.dialogue import Dialogue, not_offered, refused, unexpected
from certs.pki.starttls.replies import expect, free_reply, single_reply, welcome

_IRC_UNKNOWN = (b"421", b"451")  # ERR_UNKNOWNCOMMAND, ERR_NOTREGISTERED
_IRC_CHAT = (b"NOTICE", b"CAP", b"020", *_IRC_UNKNOWN)  # 020: please wait, some say


async def nntp(dialogue: Dialogue) -> None:
    """NNTP: RFC 4642 section 2.2, RFC 3977 sections 5.1 and 5.2.

    CAPABILITIES is younger than many servers: without it, we just ask.
    """
    welcome(*await single_reply(dialogue), wanted=(200, 201))
    await dialogue.say(b"CAPABILITIES\r\n")
    number, _ = await single_reply(dialogue)
    if number == 101:  # noqa: PLR2004 - RFC 3977 section 5.2.2: a list follows
        offered = False
        while (said := await dialogue.line()) != b".":
            offered = offered or said.strip().upper() == b"STARTTLS"
        if not offered:
            raise not_offered()
    await dialogue.say(b"STARTTLS\r\n")
    expect(*await single_reply(dialogue), wanted=(382,))


async def ftp(dialogue: Dialogue) -> None:
    """FTP: RFC 4217 section 4, RFC 2228 section 3."""
    welcome(*await free_reply(dialogue), wanted=(220,))
    await dialogue.say(b"AUTH TLS\r\n")
    expect(*await free_reply(dialogue), wanted=(234,))


async def irc(dialogue: Dialogue) -> None:
    """IRC: IRCv3's tls extension, that is STARTTLS before registration.

    Some servers say nothing to a command that they do not know, so they are asked for
    their capabilities, too. Servers chat (NOTICE) and may want a PING answered (RFC
    2812 section 3.7.2) before.
    """
    await dialogue.say(b"CAP LS\r\nSTARTTLS\r\n")
    while True:
        said = await dialogue.line()
        command, words = _message(said)
        if command == b"670":  # RPL_STARTTLS
            return
        if command in (b"691", b"ERROR"):  # ERR_STARTTLS
            raise refused(said)
        if _is_without_tls(command, words):
            raise not_offered()
        if command == b"PING":
            await dialogue.say(b"PONG %s\r\n" % b" ".join(words))
        elif command not in _IRC_CHAT:
            raise unexpected(said)


def _message(said: bytes) -> tuple[bytes, list[bytes]]:
    """Return the command and its words, without who says it. RFC 2812 section 2.3.1."""
    words = said.split()
    if words and words[0].startswith(b":"):
        del words[0]
    return (words[0].upper(), words[1:]) if words else (b"", [])


def _is_without_tls(command: bytes, words: list[bytes]) -> bool:
    """Tell whether an answer means that there is no STARTTLS.

    It is a list without tls that no other one follows, or that the command is unknown.
    CAP may be unknown as well: that says nothing.
    """
    if command == b"CAP":
        goes_on = words[2:3] == [b"*"]
        return not goes_on and b"tls" not in (word.lstrip(b":") for word in words)
    return command in _IRC_UNKNOWN and b"CAP" not in words
