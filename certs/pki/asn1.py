"""A small, forgiving reader of DER (ITU-T X.690).

Strict parsers refuse a whole certificate for one asterisk in a PrintableString or
for a version 4. An inventory must show such a certificate instead, so this reader
takes it apart field by field and lets its callers decide what a bad field means.
It never judges trust: signatures and chains are the cryptography package's work.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, OID = 0x01, 0x02, 0x03, 0x04, 0x06
UTC_TIME, GENERALIZED_TIME = 0x17, 0x18
SEQUENCE, SET = 0x30, 0x31

MAX_OID_OCTETS = 64
MAX_DEPTH = 32  # of elements without a length
MAX_ELEMENTS = 20_000  # inside one that has no length

_LONG_TAG = 0x1F
_CONSTRUCTED = 0x20
_LONG_LENGTH = 0x80
_MAX_LENGTH_OCTETS = 4
_MAX_TAG_OCTETS = 4
_END_OF_CONTENTS = b"\0\0"
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


class Element(NamedTuple):
    """One tag, length and value; `encoded` holds all three.

    A tuple, because a certificate has a hundred and a dataclass takes twice as long.
    """

    tag: int
    content: bytes
    encoded: bytes


def read(data: bytes, *, start: int = 0) -> Element:
    """Return the element that begins at `start`; what follows it is not looked at.

    Lengths longer than DER wants and indefinite ones (BER) are accepted: other
    software writes them. Raises DerError. X.690 section 8.1.
    """
    begin = start + 2
    if begin > len(data):
        raise DerError("The data end where an element should begin.")
    tag, length = data[start], data[start + 1]
    if tag & _LONG_TAG == _LONG_TAG:
        begin = _end_of_tag(data, start + 1) + 1
        length = data[begin - 1]
    if length & _LONG_LENGTH:
        if length == _LONG_LENGTH and tag & _CONSTRUCTED:
            end = _end_of_contents(data, begin)
            return Element(tag, data[begin : end - 2], data[start:end])
        octets = length & ~_LONG_LENGTH
        if not 1 <= octets <= _MAX_LENGTH_OCTETS:
            raise DerError("An element has an enormous or impossible length.")
        length = int.from_bytes(data[begin : begin + octets], "big")
        begin += octets
    end = begin + length
    if end > len(data):
        raise DerError("An element is longer than the data.")
    return Element(tag, data[begin:end], data[start:end])


def _end_of_tag(data: bytes, position: int) -> int:
    """Return where a tag of several octets ends, of which only the first is kept.

    X.690 section 8.1.2.4.
    """
    for end in range(position, position + _MAX_TAG_OCTETS):
        octet, length = data[end : end + 1], data[end + 1 : end + 2]
        if length and octet < b"\x80":
            return end + 1
    raise DerError("An element has an endless tag.")


def _end_of_contents(data: bytes, position: int) -> int:
    """Return where the element without a length ends whose content begins there.

    Elements with a length are stepped over; X.690 section 8.1.5.
    """
    depth = 1
    for _ in range(MAX_ELEMENTS):
        if data[position : position + 2] == _END_OF_CONTENTS:
            position += 2
            depth -= 1
            if not depth:
                return position
        elif _is_indefinite(data[position : position + 2]):
            position += 2
            depth += 1
            if depth > MAX_DEPTH:
                break
        else:
            position += len(read(data, start=position).encoded)
    raise DerError("Elements without a length are too many or too deep.")


def _is_indefinite(head: bytes) -> bool:
    return head[1:] == b"\x80" and bool(head[0] & _CONSTRUCTED)


def children(element: Element, *, tag: int = SEQUENCE) -> list[Element]:
    """Return the elements inside `element`, which must have the given tag.

    Raises DerError.
    """
    found, error = readable(element, tag=tag)
    if error is not None:
        raise error
    return found


def readable(
    element: Element, *, tag: int = SEQUENCE
) -> tuple[list[Element], DerError | None]:
    """Return the elements inside `element` up to the first broken one, and its error.

    Raises DerError when `element` does not have the given tag.
    """
    octets = content(element, tag=tag)
    found: list[Element] = []
    position, end = 0, len(octets)
    try:
        while position < end:
            child = read(octets, start=position)
            found.append(child)
            position += len(child.encoded)
    except DerError as error:
        return found, error
    return found, None


def pair(element: Element) -> tuple[Element, Element]:
    """Return the first two elements inside a SEQUENCE, or DerError."""
    found = children(element)
    if not found[1:]:
        raise DerError("An element holds fewer than two others.")
    return found[0], found[1]


def is_strict_length(element: Element) -> bool:
    """Tell whether the length is written as DER demands. X.690 section 10.1."""
    length = len(element.content)
    octets = 1 if length < _LONG_LENGTH else 1 + (length.bit_length() + 7) // 8
    return len(element.encoded) == 1 + octets + length


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


def octet_string(element: Element) -> bytes:
    """Return the content of an OCTET STRING, joined if BER has cut it into several.

    Raises DerError. X.690 section 8.7.
    """
    if element.tag != OCTET_STRING | _CONSTRUCTED:
        return content(element, tag=OCTET_STRING)
    parts = children(element, tag=element.tag)
    return b"".join(content(part, tag=OCTET_STRING) for part in parts)


def oid(element: Element) -> str:
    """Return the object identifier in dots, or DerError. X.690 section 8.19."""
    octets = content(element, tag=OID)
    if not 1 <= len(octets) <= MAX_OID_OCTETS or octets[-1] & 0x80:
        raise DerError("An object identifier is empty, cut off or enormous.")
    return _dotted(octets)


@lru_cache(maxsize=1_000)  # certificates name the same thirty again and again
def _dotted(octets: bytes) -> str:
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
