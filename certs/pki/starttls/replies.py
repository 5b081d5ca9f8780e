"""Replies that begin with a number of three digits: SMTP, LMTP, FTP, NNTP."""

import re

from certs.pki.starttls.dialogue import Dialogue, not_offered, refused, unexpected

_REPLY = re.compile(rb"([1-5]\d\d)([ -]?)(.*)", re.DOTALL)
# "No such command", "no such argument" and their like: RFC 5321 section 4.2.1,
# RFC 959 section 4.2.1, RFC 3977 section 3.2.1.
_UNKNOWN = range(500, 505)
_INTERMEDIATE = range(100, 200)
_NO = 400


async def reply(dialogue: Dialogue) -> tuple[int, list[bytes]]:
    """Return the number and the texts of an SMTP reply of one or more lines.

    Each line has the same number, and a hyphen behind it unless it is the last: RFC
    5321 section 4.2.
    """
    first = 0
    texts: list[bytes] = []
    while True:
        said = await dialogue.line()
        number, hyphen, text = _parse(said)
        if texts and number != first:
            raise unexpected(said)
        first = number
        texts.append(text)
        if hyphen != b"-":
            return number, texts


async def free_reply(dialogue: Dialogue) -> tuple[int, bytes]:
    """Return the number and the first text of an FTP reply that is no mere notice.

    Lines between the first and the one with the same number and a space are free: RFC
    959 section 4.2. Replies from 100 to 199 announce another one.
    """
    while True:
        number, hyphen, text = _parse(await dialogue.line())
        if hyphen == b"-":
            while (await dialogue.line())[:4].rstrip(b" ") != b"%d" % number:
                pass
        if number not in _INTERMEDIATE:
            return number, text


async def single_reply(dialogue: Dialogue) -> tuple[int, bytes]:
    """Return the number and the text of a reply of one line. RFC 3977 section 3.1."""
    number, _, text = _parse(await dialogue.line())
    return number, text


def expect(number: int, text: bytes, *, wanted: tuple[int, ...]) -> None:
    """Raise ProbeError unless `number` is one of those `wanted`.

    Numbers from 500 to 504 mean that there is no such command, from 400 on they are no.
    """
    if number in _UNKNOWN:
        raise not_offered()
    welcome(number, text, wanted=wanted)


def welcome(number: int, text: bytes, *, wanted: tuple[int, ...]) -> None:
    """Raise ProbeError unless a greeting has one of the numbers that are `wanted`."""
    if number in wanted:
        return
    said = b"%d %s" % (number, text)
    raise refused(said) if number >= _NO else unexpected(said)


def _parse(said: bytes) -> tuple[int, bytes, bytes]:
    match = _REPLY.fullmatch(said)
    if match is None or (match[3] and not match[2]):
        raise unexpected(said)
    return int(match[1]), match[2], match[3]
