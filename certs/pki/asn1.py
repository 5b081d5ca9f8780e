"""A small, forgiving reader of DER (ITU-T X.690).

Strict parsers refuse a whole certificate for one asterisk in a PrintableString or
for a version 4. An inventory must show such a certificate instead, so this reader
takes it apart field by field and lets its callers decide what a bad field means.
It never judges trust: signatures and chains are the cryptography package's work.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, OID = 0x01, 0x02, 0x03, 0x04, 0x06
UTC_TIME, GENERALIZED_TIME = 0x17, 0x18
SEQUENCE, SET = 0x30, 0x31

MAX_OID_OCTETS = 64

_LONG_TAG = 0x1F
_LONG_LENGTH = 0x80
_MAX_LENGTH_OCTETS = 4
_DATE = rb"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:\.\d+)?(?:Z|([+-])(\d\d)(\d\d))?"
_TIMES = {
    UTC_TIME: re.compile(rb"(\d\d)" + _DATE),
    GENERALIZED_TIME: re.compile(rb"(\d{4})" + _DATE),
}
# UTCTime from 1950 to 2049, GeneralizedTime for all other years.
_STRICT_TIMES = {
    UTC_TIME: re.compile(rb"\d{12}Z"),
    GENERALIZED_TIME: re.compile(rb"(?!19[5-9]|20[0-4])\d{14}Z"),
}
_UTC_TIME_PIVOT = 50


class DerError(ValueError):
    """The bytes are not the DER that was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One tag, length and value; `encoded` holds all three."""

    tag: int
    content: bytes
    encoded: bytes


def read(data: bytes, *, start: int = 0) -> Element:
    """Return the element that begins at `start`; what follows it is not looked at.

    Lengths longer than DER wants are accepted, indefinite ones are not. Raises
    DerError. X.690 section 8.1.
    """
    begin = start + 2
    if begin > len(data):
        raise DerError("The data end where an element should begin.")
    tag, length = data[start], data[start + 1]
    if tag & _LONG_TAG == _LONG_TAG:
        raise DerError("An element has a tag of several octets.")
    if length & _LONG_LENGTH:
        octets = length & ~_LONG_LENGTH
        if not 1 <= octets <= _MAX_LENGTH_OCTETS:
            raise DerError("An element has an indefinite or enormous length.")
        length = int.from_bytes(data[begin : begin + octets], "big")
        begin += octets
    end = begin + length
    if end > len(data):
        raise DerError("An element is longer than the data.")
    return Element(tag=tag, content=data[begin:end], encoded=data[start:end])


def children(element: Element, *, tag: int = SEQUENCE) -> list[Element]:
    """Return the elements inside `element`, which must have the given tag.

    Raises DerError.
    """
    if element.tag != tag:
        raise DerError(f"An element has tag {element.tag:#04x}, not {tag:#04x}.")
    found = []
    position = 0
    while position < len(element.content):
        child = read(element.content, start=position)
        found.append(child)
        position += len(child.encoded)
    return found


def content(element: Element, *, tag: int) -> bytes:
    """Return the content of `element`, which must have the given tag, or DerError."""
    if element.tag != tag:
        raise DerError(f"An element has tag {element.tag:#04x}, not {tag:#04x}.")
    return element.content


def integer(element: Element) -> int:
    """Return the signed integer in `element`, or DerError. X.690 section 8.3."""
    octets = content(element, tag=INTEGER)
    if not octets:
        raise DerError("An integer has no octets.")
    return int.from_bytes(octets, "big", signed=True)


def oid(element: Element) -> str:
    """Return the object identifier in dots, or DerError. X.690 section 8.19."""
    octets = content(element, tag=OID)
    if not 1 <= len(octets) <= MAX_OID_OCTETS or octets[-1] & 0x80:
        raise DerError("An object identifier is empty, cut off or enormous.")
    arcs = [0]
    for octet in octets:
        arcs[-1] = arcs[-1] << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(0)
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:-1])))


def moment(element: Element) -> datetime:
    """Return the time in `element` as aware UTC datetime, to the second.

    Times with an offset, a fraction or no seconds are read as well, those without a
    zone as UTC; `is_strict_time` tells. Raises DerError. RFC 5280 section 4.1.2.5.
    """
    pattern = _TIMES.get(element.tag)
    match = pattern.fullmatch(element.content) if pattern else None
    if match is None:
        raise DerError("A time cannot be read.")
    *numbers, sign, hours, minutes = match.groups()
    year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
    if element.tag == UTC_TIME:
        year += 1900 if year >= _UTC_TIME_PIVOT else 2000
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    try:
        local = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        return local + offset if sign == b"-" else local - offset
    except (ValueError, OverflowError) as error:
        raise DerError("A time is not in the calendar.") from error


def is_strict_time(element: Element) -> bool:
    """Tell whether a time is written as RFC 5280 section 4.1.2.5 demands."""
    pattern = _STRICT_TIMES.get(element.tag)
    return pattern is not None and pattern.fullmatch(element.content) is not None
