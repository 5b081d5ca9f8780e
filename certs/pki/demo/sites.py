"""What was seen at the places of an estate: certificates that are really signed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count, islice
from random import Random

from certs.pki.demo import words
from certs.pki.demo.estate import Place, Span, place
from certs.pki.demo.mint import Mint
from certs.pki.x509 import ParsedCertificate


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A certificate that was served for a while."""

    certificate: ParsedCertificate
    first: datetime
    last: datetime
    latency_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place with what was seen there, oldest first."""

    place: Place
    address: str
    seen: tuple[Seen, ...]


def make_mints(*, seed: int, now: datetime) -> list[Mint]:
    """Return the authorities of an estate, in the order of the words."""
    return [Mint(issuer, seed=str(seed), now=now) for issuer, _ in words.ISSUERS]


def batches(size: int, *, first: int, seed: int, now: datetime) -> Iterator[list[Site]]:
    """Yield sites for ever, so many at a time, beginning with number `first`."""
    sites = _sites(first, seed=seed, now=now)
    while True:
        yield list(islice(sites, size))


def _sites(first: int, *, seed: int, now: datetime) -> Iterator[Site]:
    maker = _Maker(seed=seed, now=now)
    for number in count(first):  # pragma: no branch - it counts for ever
        yield maker.make(place(number, seed=seed, now=now))


class _Maker:
    """Makes one site after the other, because they share wildcard certificates."""

    def __init__(self, *, seed: int, now: datetime) -> None:
        self._now = now
        self._mints = make_mints(seed=seed, now=now)
        self._wildcards: dict[tuple[object, ...], tuple[ParsedCertificate, Span]] = {}

    def make(self, place: Place) -> Site:
        chance = Random(place.secret)  # noqa: S311 - the same every time
        return Site(
            place=place,
            address=f"10.{chance.randrange(256)}.{chance.randrange(256)}.7",
            seen=tuple(self._see(place, span, chance) for span in place.spans),
        )

    def _see(self, place: Place, span: Span, chance: Random) -> Seen:
        certificate, span = self._served(place, span, chance)
        last = min(span.last_seen, place.failed or self._now)
        return Seen(
            certificate=certificate,
            first=span.first_seen,
            last=max(last, span.first_seen),
            latency_ms=chance.randrange(2, 180),
        )

    def _served(
        self, place: Place, span: Span, chance: Random
    ) -> tuple[ParsedCertificate, Span]:
        """Return a certificate and when it was served.

        Places below one domain serve the same wildcard certificate while all is well.
        """
        key = (place.names, span is place.spans[-1], place.issuer)
        if place.has_wildcard and key in self._wildcards:
            return self._wildcards[key]
        certificate = self._mints[place.issuer].issue(
            place.names,
            not_before=span.not_before,
            not_after=span.not_after,
            chance=chance,
            is_rsa=place.is_rsa,
        )
        if place.has_wildcard:
            self._wildcards[key] = (certificate, span)
        return certificate, span
