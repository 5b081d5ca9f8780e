"""Values as the change log keeps them: plain, short, the same on every database.

Only texts, whole numbers, truth values, nothing, and lists of texts: every engine gives
those back as they were, so a checksum over them holds wherever they are stored.
"""

import json
from datetime import UTC, datetime
from typing import Any

from django.utils.encoding import smart_str

MASK = "●●●"
LONGEST = 500  # letters of a value
MOST = 50  # items of a list
_INTEGER = 1 << 63

Plain = str | int | bool | list[str] | None


def plain(value: Any) -> Plain:
    """Return `value` in a form that every database keeps, cut to a bearable size."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and -_INTEGER <= value < _INTEGER:
        return int(value)
    if isinstance(value, list | tuple | set | frozenset):
        return texts(value)
    if isinstance(value, datetime):
        value = instant(value)
    if isinstance(value, dict):
        value = json.dumps(value, sort_keys=True, default=str)
    return text(value)


def texts(items: Any) -> list[str]:
    """Return the items as texts; of too many, how many more there are."""
    items = list(items)
    more = [f"… and {len(items) - MOST} more"] if len(items) > MOST else []
    return [text(item) for item in items[:MOST]] + more


def text(value: Any, *, longest: int = LONGEST) -> str:
    """Return a text without what some database refuses: NUL and half characters."""
    whole = smart_str(value)
    shown = whole[:longest].replace("\0", "�")
    shown = shown.encode("utf-8", "replace").decode()
    return f"{shown[:-1]}…" if len(whole) > longest else shown


def instant(moment: datetime) -> str:
    """Return a moment in UTC, to the millisecond that every database keeps."""
    if moment.tzinfo is None:  # django-auditlog's are in UTC without saying so
        moment = moment.replace(tzinfo=UTC)
    shown = moment.astimezone(UTC).replace(tzinfo=None)
    return f"{shown.isoformat(timespec='milliseconds')}Z"


def mask(value: str) -> str:
    """Return what stands for a secret: that there is one, and nothing of it."""
    return MASK if value else value
