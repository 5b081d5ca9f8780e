"""From facts to a grade with its reasons."""

from collections.abc import Iterator
from dataclasses import dataclass

from certs.pki import groups
from certs.pki.deep import DeepResult, OfferedSuite
from certs.pki.rating import caps
from certs.pki.rating.grade import CertificateFacts, Grade, Reason
from certs.pki.rating.scores import letter, score
from certs.pki.suites import find


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """A grade, the sum of scores (0 to 100) and the reasons, the worst first.

    `if_trusted` is the grade without regard to trust and name. When the rating is not
    complete, the grade is what it is at best: a deep check may lower it, and it alone
    can add the plus.
    """

    grade: Grade
    if_trusted: Grade
    score: int
    reasons: tuple[Reason, ...]
    is_complete: bool

    @property
    def lines(self) -> tuple[str, ...]:
        """The reasons as people read them."""
        return tuple(map(str, self.reasons))


def rate(
    result: DeepResult,
    certificate: CertificateFacts | None,
    *,
    is_trusted: bool,
    is_match: bool,
    has_whole_chain: bool = True,
) -> Rating | None:
    """Return the rating of what a check showed, None when it saw no handshake.

    `is_trusted` is the verdict of a trust store, in which the dates have their part;
    `is_match` says that the certificate covers the host, and `has_whole_chain` that
    the server sends its intermediate certificates.
    """
    if not result.versions:
        return None
    points = score(result, certificate)
    found = [*_caps(result, certificate, has_whole_chain=has_whole_chain)]
    reached = letter(points)
    if reached is not Grade.A:
        found.append(Reason(grade=reached, cause=f"the score is {points} of 100"))
    if not found and result.is_complete and caps.is_exceptional(result):
        reached = Grade.A_PLUS
    worst = _worst(reached, found)
    found += _trust(certificate, is_trusted=is_trusted, is_match=is_match)
    reasons = sorted(found, key=lambda reason: reason.grade.rank, reverse=True)
    return Rating(
        grade=_worst(reached, found),
        if_trusted=worst,
        score=points,
        reasons=tuple(reasons),
        is_complete=result.is_complete,
    )


def from_handshake(tls_version: str, cipher: str, key_exchange: str = "") -> DeepResult:
    """Return what one handshake showed, for `rate`: what the grade is at best.

    The names are OpenSSL's, and empty where they are not known.
    """
    suite = find(cipher)
    offered = OfferedSuite.of(suite, version=tls_version) if suite else None
    return DeepResult(
        host="",
        port=0,
        server_name="",
        versions=(tls_version,) if tls_version in caps.TITLES else (),
        suites=(offered,) if offered else (),
        groups=(key_exchange,) if key_exchange in groups.BY_NAME else (),
        is_tls13_known=True,  # it was offered, and the newest version is taken
    )


def _caps(
    result: DeepResult, certificate: CertificateFacts | None, *, has_whole_chain: bool
) -> Iterator[Reason]:
    yield from caps.of_protocols(result)
    yield from caps.of_suites(result)
    yield from caps.of_choice(result)
    yield from caps.of_keys(result, certificate)
    yield from caps.of_extras(result)
    if not has_whole_chain:
        yield Reason(grade=Grade.B, cause="the chain is incomplete")


def _trust(
    certificate: CertificateFacts | None, *, is_trusted: bool, is_match: bool
) -> Iterator[Reason]:
    if not is_trusted:
        yield Reason(grade=Grade.T, cause="the certificate is not trusted")
    if certificate and "sha1" in certificate.signature_algorithm.lower():
        yield Reason(grade=Grade.T, cause="the certificate is signed with SHA-1")
    if not is_match:
        yield Reason(grade=Grade.M, cause="the certificate is for other hosts")


def _worst(reached: Grade, reasons: list[Reason]) -> Grade:
    grades = [reached, *(reason.grade for reason in reasons)]
    return max(grades, key=lambda grade: grade.rank)
