"""Who trusts a chain at a moment, and if not, why."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from certs.pki import rules
from certs.pki.anchors import Anchors
from certs.pki.chain import MAX_SERVED
from certs.pki.links import Link, read
from certs.pki.paths import Finder, Known, Path, Signed, unchanged_until
from certs.pki.roots import TrustStore
from certs.pki.rules import INVALID, Defect

TRUSTED = "trusted"
SELF_SIGNED = "self-signed"
UNKNOWN_ROOT = "unknown-root"
MISSING_INTERMEDIATE = "missing-intermediate"

KEPT = 4_096  # verdicts that are remembered
# The worst last; of several ways to a root, the best is what people hear about.
_RANKS = (
    rules.EXPIRED,
    rules.NOT_YET_VALID,
    rules.EXPIRED_INTERMEDIATE,
    INVALID,
    MISSING_INTERMEDIATE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one store says of a chain.

    `code` is one of trusted, self-signed, unknown-root, missing-intermediate,
    expired-intermediate, expired, not-yet-valid and invalid. `path` has the SHA-256
    fingerprints of the way that was judged, leaf first. While stores and what is known
    stay the same, it holds up to and including `until`; None is for ever.
    `is_completable` says that it is not trusted, but would be with intermediates that
    were not sent, as clients that find those themselves do.
    """

    store: str
    is_trusted: bool
    code: str
    sentence: str
    path: tuple[str, ...] = ()
    until: datetime | None = None
    is_completable: bool = False


class Judge:
    """Judges chains at one moment; lives for a round and remembers what it found.

    `known` finds certificates that were not sent, by subject; a root of any store is
    known to all. Chains may be hostile: nothing is raised, and what a chain can cost is
    bounded.
    """

    def __init__(
        self,
        stores: Iterable[TrustStore],
        *,
        now: datetime,
        known: Known = lambda _subject: (),
    ) -> None:
        self._now = now
        self._anchors = [Anchors(store, now=now) for store in stores]
        roots = [root for anchors in self._anchors for root in anchors.roots]
        self._finder = Finder(roots, known=known)
        self._verdicts: dict[tuple[bytes, ...], tuple[Verdict, ...]] = {}

    def judge(self, chain: Sequence[bytes]) -> tuple[Verdict, ...]:
        """Return the verdict of each store on a chain as served, leaf first, as DER."""
        key = tuple(sha256(der).digest() for der in chain[:MAX_SERVED])
        if key not in self._verdicts:
            if len(self._verdicts) >= KEPT:
                self._verdicts.clear()
            self._verdicts[key] = tuple(self._judge(chain))
        return self._verdicts[key]

    def _judge(self, chain: Sequence[bytes]) -> Iterator[Verdict]:
        leaf = read(chain[0]) if chain else None
        if leaf is None:
            sentence = "What was sent is no certificate."
            for anchors in self._anchors:
                yield _verdict(anchors, INVALID, sentence)
            return
        served = self._finder.served(leaf, chain[1:])
        paths = self._finder.find(served)
        sent = {link.fingerprint for link in served}
        until = unchanged_until(paths, now=self._now)
        for anchors in self._anchors:
            attempts = [
                self._attempt(anchors, links, sent) for links in anchors.ends(paths)
            ]
            verdict = min(
                attempts or [self._without_root(anchors, paths, sent)], key=_rank
            )
            can_be_completed = any(each.is_completable for each in attempts)
            yield replace(
                verdict,
                until=until,
                is_completable=can_be_completed and not verdict.is_trusted,
            )

    def _attempt(
        self, anchors: Anchors, links: tuple[Link, ...], sent: set[str]
    ) -> Verdict:
        """Judge a way to a root of the store."""
        found = anchors.objections(links, now=self._now)
        unsent = [link for link in links[1:-1] if link.fingerprint not in sent]
        code, sentence = TRUSTED, f"Trusted by {anchors.name}."
        if unsent:
            code = MISSING_INTERMEDIATE
            sentence = _incomplete(unsent, found)
        elif found:
            code = _code(found)
            sentence = rules.sentences(found)
        is_completable = bool(unsent) and not found
        verdict = _verdict(anchors, code, sentence, links)
        return replace(verdict, is_completable=is_completable)

    @staticmethod
    def _without_root(
        anchors: Anchors, paths: Sequence[Path], sent: set[str]
    ) -> Verdict:
        """Explain why no path ends in a root of the store."""
        path = max(paths, key=lambda path: _completeness(path, sent))
        leaf, top = path.links[0], path.links[-1]
        name = anchors.name
        if path.is_complete and top is leaf:
            code = SELF_SIGNED
            sentence = f"It is its own issuer, and not in {name}."
        elif path.broken:
            code, sentence = INVALID, _broken(top, *path.broken)
        elif path.is_complete:
            code = UNKNOWN_ROOT
            sentence = f"It leads to the root {top.name}, which is not in {name}."
        elif top is leaf:
            code = MISSING_INTERMEDIATE
            sentence = (
                f"Its issuer {leaf.issuer_name} was not sent, and is not known here."
            )
        elif path.links[1].fingerprint not in sent:
            code = MISSING_INTERMEDIATE
            sentence = (
                f"Its issuer {leaf.issuer_name} was not sent. It is known here, but"
                f" leads to {top.issuer_name}, which is not in {name}."
            )
        else:
            code = UNKNOWN_ROOT
            sentence = (
                f"It leads to {top.name}, whose issuer {top.issuer_name} was not sent"
                f" and is not in {name}."
            )
        return _verdict(anchors, code, sentence, path.links)


def _completeness(path: Path, sent: set[str]) -> tuple[bool, bool, int]:
    """Order paths by how much they explain."""
    number = sum(link.fingerprint in sent for link in path.links)
    return path.broken is None, path.is_complete, number


def _code(found: Sequence[Defect]) -> str:
    """Return the word for several defects: the leaf's own dates say most."""
    codes = [defect.code for defect in found]
    return next(code for code in (INVALID, *_RANKS) if code in codes)


def _incomplete(unsent: Sequence[Link], found: Sequence[Defect]) -> str:
    names = ", ".join(link.name for link in unsent)
    if found:
        return f"Not sent, but known here: {names}. {rules.sentences(found)}"
    return (
        f"Not sent, but known here: {names}."
        " Browsers that complete chains trust it, others do not."
    )


def _broken(child: Link, issuer: Link, signed: Signed) -> str:
    if signed is Signed.NO:
        return f"The signature on {child.name} is not that of {issuer.name}."
    return (
        f"The signature of {issuer.name} on {child.name} cannot be verified:"
        " its algorithm is not known here, or its encoding is bad."
    )


def _rank(verdict: Verdict) -> int:
    return _RANKS.index(verdict.code) if verdict.code in _RANKS else -1


def _verdict(
    anchors: Anchors, code: str, sentence: str, links: Sequence[Link] = ()
) -> Verdict:
    return Verdict(
        store=anchors.name,
        is_trusted=code == TRUSTED,
        code=code,
        sentence=sentence,
        path=tuple(link.fingerprint for link in links),
    )
