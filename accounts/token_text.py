"""The text of an API token: `cdk_`, eight letters to know it by, the secret, its sum.

The secret has 256 bits of chance. Nobody finds it by trying, so a plain SHA-256 of the
text is safe to keep: what makes hashes of passwords slow is that people choose those.
The beginning and the checksum let scanners of source code tell a leaked token from
other words, and let us refuse a mistyped one without asking the database.
"""

import hashlib
import re
import secrets
import string
import zlib
from dataclasses import dataclass, field

MARK = "cdk_"
LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
PREFIX, SECRET, CHECKSUM = 8, 43, 6  # letters; 43 of 62 kinds are 256 bits
SHAPE = re.compile(rf"{MARK}[0-9A-Za-z]{{{PREFIX}}}_[0-9A-Za-z]{{{SECRET + CHECKSUM}}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenText:
    """A new token: what may be shown and stored, and the text that may not."""

    prefix: str
    digest: str
    text: str = field(repr=False)


def new() -> TokenText:
    """Make a token that nobody has."""
    prefix = _chance(PREFIX)
    body = f"{MARK}{prefix}_{_chance(SECRET)}"
    text = body + _checksum(body)
    return TokenText(prefix=prefix, digest=_digest(text), text=text)


def digest(text: str) -> str | None:
    """Return what is stored of the token `text`, None if no token looks like it."""
    if not SHAPE.fullmatch(text):
        return None
    body, checksum = text[:-CHECKSUM], text[-CHECKSUM:]
    return _digest(text) if checksum == _checksum(body) else None


def _chance(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def _checksum(body: str) -> str:
    number, letters = zlib.crc32(body.encode()), ""
    for _ in range(CHECKSUM):
        number, rest = divmod(number, len(LETTERS))
        letters = LETTERS[rest] + letters
    return letters


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
