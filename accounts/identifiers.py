"""Primary keys that can be made anywhere and sort by the time they were made."""

import secrets
import time
from uuid import UUID


def uuid7() -> UUID:
    """Return a UUID version 7: Unix milliseconds, then chance (RFC 9562, 5.7)."""
    milliseconds = time.time_ns() // 1_000_000
    chance = secrets.randbits(74)
    value = (milliseconds & (1 << 48) - 1) << 80
    value |= 0x7 << 76  # version
    value |= (chance >> 62) << 64
    value |= 0b10 << 62  # variant
    value |= chance & (1 << 62) - 1
    return UUID(int=value)
