"""Primary keys that can be made anywhere and sort by the time they were made."""

import secrets
import threading
import time
from datetime import datetime
from uuid import UUID

_CHANCE = 74  # bits behind the milliseconds
_A_LITTLE = 10_000  # milliseconds; a clock that was further ahead was wrong
_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """Return a UUID version 7: Unix milliseconds, then chance (RFC 9562, 5.7).

    Those of one process grow, also within a millisecond and when the clock is put
    back a little: then chance is added to the one before (6.2, method 2).
    """
    global _last  # noqa: PLW0603 - what the next one has to be above
    made = time.time_ns() // 1_000_000 << _CHANCE | secrets.randbits(_CHANCE)
    with _lock:
        if 0 <= (_last >> _CHANCE) - (made >> _CHANCE) < _A_LITTLE:
            made = _last + 1 + secrets.randbits(32)
        _last = made
    return _uuid(made)


def earliest(moment: datetime) -> UUID:
    """Return a key that is above all made before `moment`, and below those after."""
    return _uuid(int(moment.timestamp() * 1000) << _CHANCE)


def _uuid(made: int) -> UUID:
    value = (made >> _CHANCE & (1 << 48) - 1) << 80
    value |= 0x7 << 76  # version
    value |= (made >> 62 & (1 << 12) - 1) << 64
    value |= 0b10 << 62  # variant
    value |= made & (1 << 62) - 1
    return UUID(int=value)
