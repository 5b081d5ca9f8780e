"""The distinguished names of a certificate as text (RFC 4514)."""

import re
import unicodedata
from dataclasses import dataclass

from certs.pki import asn1
from certs.pki.oids import ATTRIBUTES
from certs.pki.problem import Problem

MAX_VALUE_CHARACTERS = 255
MAX_TEXT_CHARACTERS = 1_000
MAX_RDNS = 1_000

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# The string types of X.680 that names are written in. PrintableString and its kin
# are read as Latin-1, because software that writes other characters into them does.
_CODECS = {
    0x0C: "utf-8",
    0x12: "latin-1",
    0x13: "latin-1",
    0x14: "latin-1",
    0x16: "latin-1",
    0x1A: "latin-1",
    0x1C: "utf-32-be",
    0x1E: "utf-16-be",
}
# Control, format and surrogate characters, line and paragraph separators: they can
# forge a line of a log or turn the direction of the text around them.
_UNSAFE_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_ESCAPED = re.compile(r'([\\"+,;<>])|^([ #])|( )$')


@dataclass(frozen=True, slots=True, kw_only=True)
class DistinguishedName:
    """A name in RFC 4514 form, most specific part first, and what people look for."""

    text: str = ""
    common_name: str = ""
    organization: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def label(self) -> str:
        """The shortest name people know: common name, organisation or all of it."""
        name = self.common_name or self.organization or self.text
        return name[:MAX_VALUE_CHARACTERS]


def read_name(element: asn1.Element) -> DistinguishedName:
    """Return the name in `element`; what cannot be read becomes a problem.

    Values are cut after 255 characters and the whole text after 1,000; control and
    bidirectional characters are replaced. RFC 5280 section 4.1.2.4, RFC 4514.
    """
    pairs, problems = _pairs(element)
    values = [[(kind, _value(value)) for kind, value in rdn] for rdn in pairs]
    known = {kind: text for rdn in values for kind, (text, _clean) in rdn}
    text = ",".join("+".join(_pair(*pair) for pair in rdn) for rdn in reversed(values))
    is_clean = all(clean for rdn in values for _kind, (_text, clean) in rdn)
    if not is_clean or len(text) > MAX_TEXT_CHARACTERS:
        problems.append(_ODD)
    return DistinguishedName(
        text=text[:MAX_TEXT_CHARACTERS],
        common_name=known.get("2.5.4.3", ""),
        organization=known.get("2.5.4.10", ""),
        problems=tuple(problems),
    )


_ODD = Problem(
    code="bad-distinguished-name",
    sentence="A name in the certificate is too long or holds forbidden characters.",
)
_UNREADABLE = Problem(
    code="unreadable-name",
    sentence="A name in the certificate cannot be read, or not all of it.",
)


def _pairs(
    element: asn1.Element,
) -> tuple[list[list[tuple[str, asn1.Element]]], list[Problem]]:
    """Return the types and values of each RDN that can be read."""
    found: list[list[tuple[str, asn1.Element]]] = []
    try:
        rdns, error = asn1.readable(element)
    except asn1.DerError:
        return found, [_UNREADABLE]
    problems = [_UNREADABLE] if error or len(rdns) > MAX_RDNS else []
    for rdn in rdns[:MAX_RDNS]:
        try:
            both = [asn1.children(pair) for pair in asn1.children(rdn, tag=asn1.SET)]
            found.append([(asn1.oid(kind), value) for kind, value in both])
        except ValueError:  # DerError, or not two elements in a pair
            problems = [_UNREADABLE]
    return [rdn for rdn in found if rdn], problems


def _value(element: asn1.Element) -> tuple[str, bool]:
    """Return the text of one attribute value and whether nothing had to be changed."""
    codec = _CODECS.get(element.tag)
    if codec is None:
        return f"#{element.encoded[:100].hex()}", False
    text = element.content.decode(codec, errors="replace")
    if len(text) <= MAX_VALUE_CHARACTERS and text.isprintable():
        return text, REPLACEMENT not in text
    safe = "".join(
        REPLACEMENT
        if unicodedata.category(character) in _UNSAFE_CATEGORIES
        else character
        for character in text[:MAX_VALUE_CHARACTERS]
    )
    return safe, safe == text and REPLACEMENT not in text


def _pair(kind: str, value: tuple[str, bool]) -> str:
    """Return `type=value` with what RFC 4514 section 2.4 wants escaped."""
    text, _clean = value
    escaped = _ESCAPED.sub(r"\\\g<0>", text)
    return f"{ATTRIBUTES.get(kind, kind)}={escaped}"
