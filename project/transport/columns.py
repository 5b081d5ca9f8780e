"""Values of a database as JSON and back, the same for every engine."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Field

from project.transport import TransportError

Encode = Callable[[Any], Any]


def _instant(value: datetime) -> str:
    """Return UTC to the millisecond: MongoDB keeps no more, and cuts the rest off."""
    text = value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
    return f"{text}Z"


def _same(value: Any) -> Any:
    return value


def _bytes(value: Any) -> str:
    return b64encode(value).decode("ascii")


# By Django's name of the kind of column: to JSON, from JSON.
_KINDS: dict[str, tuple[Encode, Encode]] = {
    "BinaryField": (_bytes, b64decode),
    "DateField": (date.isoformat, date.fromisoformat),
    "DateTimeField": (_instant, datetime.fromisoformat),
    "UUIDField": (str, UUID),
    **dict.fromkeys(
        (
            "AutoField",
            "BigAutoField",
            "BigIntegerField",
            "BooleanField",
            "FloatField",
            "GenericIPAddressField",
            "IntegerField",
            "JSONField",
            "PositiveBigIntegerField",
            "PositiveIntegerField",
            "PositiveSmallIntegerField",
            "SmallAutoField",
            "SmallIntegerField",
        ),
        (_same, _same),
    ),
}
# Texts go as they are stored: a column type may make something else of them in Python.
_TEXTS = frozenset({"CharField", "FileField", "SlugField", "TextField"})


def codec(field: Field[Any, Any]) -> tuple[Encode, Encode]:
    """Return how to write a value of `field` as JSON, and how to read it back.

    Raises TransportError for a kind of column that nobody has thought about yet.
    """
    stored = field
    while stored.remote_field is not None:
        stored = stored.target_field  # type: ignore[attr-defined]  # a foreign key's
    kind = stored.get_internal_type()
    if kind in _TEXTS:
        return _or_none(stored.get_prep_value), _same
    if kind not in _KINDS:
        raise TransportError(f"{field} is a {kind}, which cannot be carried yet.")
    encode, decode = _KINDS[kind]
    return _or_none(encode), _or_none(decode)


def _or_none(convert: Encode) -> Encode:
    if convert is _same:
        return _same
    return lambda value: None if value is None else convert(value)
