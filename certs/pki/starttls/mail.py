"""How mail's protocols are asked for TLS: one function for each."""

import re
from ipaddress import ip_address

from certs.pki.starttls.dialogue import (
    Dialogue,
    not_offered,
    refused,
    unexpected,
)
from certs.pki.starttls.replies import expect, reply, welcome

_IP_VERSION_6 = 6
_LITERAL = re.compile(rb"\{(\d{1,5})\+?\}$")


async def smtp(dialogue: Dialogue) -> None:
    """SMTP: RFC 3207 section 4, RFC 5321 sections 3.1 and 4.1.1.1."""
    await _extended(dialogue, hello=b"EHLO")


async def lmtp(dialogue: Dialogue) -> None:
    """LMTP greets with LHLO and is SMTP otherwise: RFC 2033 section 4.1."""
    await _extended(dialogue, hello=b"LHLO")


async def _extended(dialogue: Dialogue, *, hello: bytes) -> None:
    number, texts = await reply(dialogue)
    welcome(number, texts[0], wanted=(220,))
    await dialogue.say(b"%s %s\r\n" % (hello, _literal(dialogue.own_address)))
    number, texts = await reply(dialogue)
    expect(number, texts[0], wanted=(250,))
    if not any(text.split()[:1] == [b"STARTTLS"] for text in map(bytes.upper, texts)):
        raise not_offered()
    await dialogue.say(b"STARTTLS\r\n")
    number, texts = await reply(dialogue)
    expect(number, texts[0], wanted=(220,))


def _literal(address: str) -> bytes:
    """Return who we are when we have no name: RFC 5321 section 4.1.3."""
    is_ipv6 = ip_address(address).version == _IP_VERSION_6
    return f"[{'IPv6:' if is_ipv6 else ''}{address}]".encode()


async def imap(dialogue: Dialogue) -> None:
    """IMAP: RFC 9051 sections 6.1.1, 6.2.1 and 7.1."""
    greeting = await dialogue.line()
    if greeting.upper().startswith((b"* BYE", b"* PREAUTH")):
        raise refused(greeting)
    if not greeting.upper().startswith(b"* OK"):
        raise unexpected(greeting)
    answers = await _tagged(dialogue, tag=b"a1", command=b"CAPABILITY")
    offered = [
        words for words in map(bytes.split, answers) if words[1:2] == [b"CAPABILITY"]
    ]
    if not any(b"STARTTLS" in words for words in offered):
        raise not_offered()
    await _tagged(dialogue, tag=b"a2", command=b"STARTTLS")


async def _tagged(dialogue: Dialogue, *, tag: bytes, command: bytes) -> list[bytes]:
    """Send a command and return the untagged answers, upper-case, once it is OK."""
    await dialogue.say(b"%s %s\r\n" % (tag, command))
    untagged = []
    while not (said := await dialogue.line()).startswith(tag + b" "):
        if said.upper().startswith(b"* BYE"):
            raise refused(said)
        if not said.startswith(b"* "):
            raise unexpected(said)
        untagged.append(said.upper())
    answer = said.upper().split()[1:2]
    if answer in ([b"NO"], [b"BAD"]):
        raise refused(said)
    if answer != [b"OK"]:
        raise unexpected(said)
    return untagged


async def pop3(dialogue: Dialogue) -> None:
    """POP3: RFC 2595 section 4. Without CAPA (RFC 2449), an option, we just ask."""
    greeting, is_ok = await _status(dialogue)
    if not is_ok:
        raise refused(greeting)
    await dialogue.say(b"CAPA\r\n")
    _, is_ok = await _status(dialogue)
    if is_ok and b"STLS" not in await _until_dot(dialogue):
        raise not_offered()
    await dialogue.say(b"STLS\r\n")
    answer, is_ok = await _status(dialogue)
    if not is_ok:
        raise refused(answer)


async def _status(dialogue: Dialogue) -> tuple[bytes, bool]:
    """Return a line and whether it says +OK or -ERR. RFC 1939 section 3."""
    said = await dialogue.line()
    status = said.split(b" ", 1)[0]
    if status not in (b"+OK", b"-ERR"):
        raise unexpected(said)
    return said, status == b"+OK"


async def _until_dot(dialogue: Dialogue) -> set[bytes]:
    """Return the lines of a listing, which a dot ends, in upper case."""
    found = set()
    while (said := await dialogue.line()) != b".":
        found.add(said.strip().upper())
    return found


async def managesieve(dialogue: Dialogue) -> None:
    """ManageSieve lists what it can as its greeting: RFC 5804 sections 1.7 and 2.2."""
    answers = await _sieve_answers(dialogue)
    if not any(said.upper().startswith(b'"STARTTLS"') for said in answers):
        raise not_offered()
    await dialogue.say(b"STARTTLS\r\n")
    answers = await _sieve_answers(dialogue)
    if answers:
        raise unexpected(answers[0])


async def _sieve_answers(dialogue: Dialogue) -> list[bytes]:
    """Return the lines before OK. Raises ProbeError for NO and BYE."""
    answers: list[bytes] = []
    while True:
        said = await dialogue.line()
        while literal := _LITERAL.search(said):  # a string that says how long it is
            await dialogue.exactly(int(literal[1]))
            said = said[: literal.start()] + await dialogue.line()
        word = said.upper().split(b" ", 1)[0]
        if word == b"OK":
            return answers
        if word in (b"NO", b"BYE"):
            raise refused(said)
        if not said.startswith(b'"'):
            raise unexpected(said)
        answers.append(said)
