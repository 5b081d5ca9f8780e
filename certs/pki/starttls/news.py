"""How news, files and chat are asked for TLS: NNTP, FTP and IRC."""

from certs.pki.starttls.dialogue import Dialogue, not_offered, refused, unexpected
from certs.pki.starttls.replies import expect, free_reply, single_reply, welcome


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
    """IRC: the STARTTLS command of IRCv3's tls extension, before registration.

    Servers chat (NOTICE) and may want a PING answered (RFC 2812 section 3.7.2) before.
    """
    await dialogue.say(b"STARTTLS\r\n")
    while True:
        said = await dialogue.line()
        words = said.split()
        if words and words[0].startswith(b":"):  # who says it: RFC 2812 section 2.3.1
            del words[0]
        command = words[0].upper() if words else b""
        if command == b"670":  # RPL_STARTTLS
            return
        if command in (b"421", b"451"):  # ERR_UNKNOWNCOMMAND, ERR_NOTREGISTERED
            raise not_offered()
        if command in (b"691", b"ERROR"):  # ERR_STARTTLS
            raise refused(said)
        if command == b"PING":
            await dialogue.say(b"PONG %s\r\n" % b" ".join(words[1:]))
        elif command not in (b"NOTICE", b"020"):  # 020: please wait, some servers say
            raise unexpected(said)
