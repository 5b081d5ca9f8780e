"""Paths from a certificate up to roots, through what was sent and what is known.

Hostile chains are made so that the ways through them multiply. So certificates,
signatures, links and paths are counted, and a name with its key is once in a path.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from itertools import islice

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from certs.pki.chain import MAX_SERVED
from certs.pki.links import Link, have_same_key_id, may_issue, read

MAX_LINKS = 10  # a leaf, eight intermediates, a root
MAX_PATHS = 32
MAX_CHECKS = 100  # signatures that one chain may cost
MAX_KNOWN = 20  # certificates of one name that are tried from the inventory
KEPT = 20_000  # answers that are remembered

_INSTANT = timedelta(microseconds=1)

# Gives the DER of certificates that have the given subject, as DER.
Known = Callable[[bytes], Iterable[bytes]]


class Signed(Enum):
    """Whether one certificate signed another."""

    YES = auto()
    NO = auto()
    UNKNOWN = auto()  # no way to tell: an algorithm that the library lacks


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """Links, leaf first, each signed by the next; the last has no issuer here.

    `is_complete` says that the last is a root: it is its own issuer. `broken` has who
    claims to be the issuer of the last, but whose signature is wrong (NO) or cannot be
    verified (UNKNOWN).
    """

    links: tuple[Link, ...]
    is_complete: bool = False
    broken: tuple[Link, Signed] | None = None


@dataclass(slots=True)
class _Search:
    """One chain's search: what was sent, and what is left to spend."""

    served: dict[str, Link]
    checks: int = MAX_CHECKS
    signed: dict[tuple[str, str], Signed] = field(default_factory=dict)


class Finder:
    """Finds paths; remembers certificates of CAs and which of them signed which."""

    def __init__(self, roots: Iterable[Link], *, known: Known) -> None:
        self._known = known
        self._roots: dict[bytes, list[Link]] = defaultdict(list)
        self._links: dict[bytes, Link | None] = {}
        self._signed: dict[tuple[str, str], Signed] = {}
        self._anchors = {root.fingerprint for root in roots}
        for root in {root.fingerprint: root for root in roots}.values():
            self._roots[root.subject.encoded].append(root)

    def served(self, leaf: Link, above: Sequence[bytes]) -> tuple[Link, ...]:
        """Return the links of a chain as served; what is no certificate is left out."""
        links = map(self._read, above[: MAX_SERVED - 1])
        return (leaf, *(link for link in links if link is not None))

    def find(self, served: Sequence[Link]) -> tuple[Path, ...]:
        """Return the paths from the first of `served`, the likeliest first."""
        search = _Search({link.fingerprint: link for link in served})
        return tuple(islice(self._grow((served[0],), search), MAX_PATHS))

    def _is_self_signed(self, link: Link) -> bool:
        """Tell whether a certificate ends a path, as far as anybody can tell."""
        if not link.is_self_issued:
            return False
        if link.fingerprint in self._anchors:
            return True
        return _verify(link, link) is not Signed.NO

    def _grow(self, links: tuple[Link, ...], search: _Search) -> Iterator[Path]:
        top = links[-1]
        is_complete = self._is_self_signed(top)
        if is_complete or len(links) >= MAX_LINKS:
            yield Path(links=links, is_complete=is_complete)
            return
        has_grown, broken = False, None
        seen = {link.identity for link in links}
        for issuer in self._issuers(top, search):
            if issuer.identity in seen or not search.checks:
                continue
            signed = self._is_signed(top, issuer, search, keep=len(links) > 1)
            if signed is Signed.YES:
                has_grown = True
                yield from self._grow((*links, issuer), search)
            elif issuer.fingerprint in search.served or have_same_key_id(issuer, top):
                broken = broken or (issuer, signed)
        if not has_grown:
            yield Path(links=links, broken=broken)

    def _issuers(self, child: Link, search: _Search) -> Iterator[Link]:
        """Return who may have signed `child`, once: sent, then roots, then known."""
        name = child.issuer.encoded
        known = map(self._read, islice(self._known(name), MAX_KNOWN))
        candidates = (
            *search.served.values(),
            *self._roots.get(name, ()),
            *(link for link in known if link is not None),
        )
        once = {link.fingerprint: link for link in reversed(candidates)}
        return (
            link for link in reversed(list(once.values())) if may_issue(link, child)
        )

    def _is_signed(
        self, child: Link, issuer: Link, search: _Search, *, keep: bool
    ) -> Signed:
        """Verify a signature, once; those of leaves are kept for their search only."""
        kept = self._signed if keep else search.signed
        pair = child.fingerprint, issuer.fingerprint
        if pair not in kept:
            search.checks -= 1
            if len(kept) >= KEPT:
                kept.clear()
            kept[pair] = _verify(child, issuer)
        return kept[pair]

    def _read(self, der: bytes) -> Link | None:
        digest = hashlib.sha256(der).digest()
        if digest not in self._links:
            if len(self._links) >= KEPT:
                self._links.clear()
            self._links[digest] = read(der)
        return self._links[digest]


def unchanged_until(paths: Iterable[Path], *, now: datetime) -> datetime | None:
    """Return the last moment before a certificate in `paths` begins or ends."""
    links = {link for path in paths for link in path.links}
    ends = [link.not_after for link in links if link.not_after >= now]
    begins = [link.not_before for link in links if link.not_before > now]
    return min((*ends, *(each - _INSTANT for each in begins)), default=None)


def _verify(child: Link, issuer: Link) -> Signed:
    """Verify one signature; nothing is raised."""
    if child.strict is None or issuer.strict is None:
        return Signed.UNKNOWN
    try:
        child.strict.verify_directly_issued_by(issuer.strict)
    except InvalidSignature:
        return Signed.NO
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return Signed.UNKNOWN
    return Signed.YES
