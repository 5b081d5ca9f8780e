"""What is odd about a chain as it was sent, whoever trusts it.

A chain is leaf first, and each certificate certifies the one before it. RFC 8446
section 4.4.2, RFC 5246 section 7.4.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from certs.pki.links import Link, may_issue, read

MAX_SERVED = 20  # certificates of a chain that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Something odd about a chain as served, whoever trusts it.

    `code` is one of wrong-order, extra-certificates, root-sent,
    duplicate-certificates, not-a-certificate and too-many-certificates; `about` has
    the SHA-256 fingerprints of the certificates meant.
    """

    code: str
    sentence: str
    about: tuple[str, ...] = ()


def flaws(chain: Sequence[bytes]) -> tuple[Flaw, ...]:
    """Return what is odd about a chain as served, leaf first; nothing is raised."""
    read_links = [read(der) for der in chain[:MAX_SERVED]]
    links = [link for link in read_links if link is not None]
    first = {link.fingerprint: link for link in reversed(links)}
    once = sorted(first.values(), key=links.index)
    reached = _reached(once)
    roots = [link for link in once[1:] if link in reached and link.is_self_issued]
    found = [
        _too_many(len(chain)),
        _not_certificates([n for n, link in enumerate(read_links, 1) if link is None]),
        _about(
            "duplicate-certificates",
            "Sent more than once: {}.",
            [link for link in once if _times(link, links) > 1],
        ),
        _about("wrong-order", "Sent too early: {}.", _too_early(once, reached)),
        _about("root-sent", "Roots need not be sent: {}.", roots),
        _about(
            "extra-certificates",
            "Sent, but no part of the chain: {}.",
            [link for link in once if link not in reached],
        ),
    ]
    return tuple(flaw for flaw in found if flaw is not None)


def _reached(links: list[Link]) -> set[Link]:
    """Return the leaf and all that may have issued what is reached already."""
    reached = set(links[:1])
    rest = links[1:]
    while above := {
        link for link in rest if any(may_issue(link, child) for child in reached)
    }:
        reached |= above
        rest = [link for link in rest if link not in above]
    return reached


def _too_early(links: list[Link], reached: set[Link]) -> list[Link]:
    """Return what stands before everything that it certifies."""
    chain = [link for link in links if link in reached]
    return [
        link
        for position, link in enumerate(chain[1:], start=1)
        if not any(may_issue(link, child) for child in chain[:position])
    ]


def _times(link: Link, links: list[Link]) -> int:
    return sum(link.fingerprint == other.fingerprint for other in links)


def _about(code: str, sentence: str, links: list[Link]) -> Flaw | None:
    if not links:
        return None
    names = ", ".join(link.name for link in links)
    about = tuple(link.fingerprint for link in links)
    return Flaw(code=code, sentence=sentence.format(names), about=about)


def _too_many(sent: int) -> Flaw | None:
    if sent <= MAX_SERVED:
        return None
    sentence = f"{sent} certificates were sent; the first {MAX_SERVED} are looked at."
    return Flaw(code="too-many-certificates", sentence=sentence)


def _not_certificates(positions: list[int]) -> Flaw | None:
    if not positions:
        return None
    numbers = ", ".join(map(str, positions))
    sentence = f"No certificate is at position {numbers} of the chain."
    return Flaw(code="not-a-certificate", sentence=sentence)
