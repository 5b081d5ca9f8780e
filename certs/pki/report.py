"""All that can be told of a file or a server on the spot, without an inventory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from certs.pki import findings, tls
from certs.pki.deep import DeepResult, deep_all
from certs.pki.findings import Finding
from certs.pki.guard import Guard
from certs.pki.meaning import Meaning, Opinion, meaning
from certs.pki.roots import TrustStore
from certs.pki.target import ProbeResult, Target
from certs.pki.trust import Judge, Verdict
from certs.pki.x509 import InvalidCertificateError, ParsedCertificate, parse_der


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one node of a server showed, or one certificate of a file with its chain.

    Of a file there is no `result`, no rating and nothing about names. `error` is a
    sentence, empty where all went well.
    """

    chain: tuple[ParsedCertificate, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    findings: tuple[Finding, ...] = ()
    result: ProbeResult | None = None
    meaning: Meaning | None = None
    deep: DeepResult | None = None
    error: str = ""


def of_certificates(
    certificates: Sequence[ParsedCertificate],
    *,
    stores: Sequence[TrustStore],
    now: datetime,
) -> Report:
    """Return what certificates of a file tell: the first one, with the others' help."""
    leaf = certificates[0]
    sent = [each.der for each in certificates]
    opinion = _opinion(sent, stores=stores, now=now)
    return Report(
        chain=tuple(certificates),
        verdicts=opinion.verdicts,
        findings=(
            *findings.of_dates(leaf.not_before, leaf.not_after, now=now),
            *findings.of_certificate(leaf, is_public=opinion.is_public),
        ),
    )


def of_server(
    target: Target,
    *,
    stores: Sequence[TrustStore],
    now: datetime,
    timeout: float = tls.DEFAULT_TIMEOUT,
    guard: Guard,
    is_deep: bool = False,
) -> list[Report]:
    """Check a server and return what each of its nodes shows; nothing is raised.

    `timeout` in seconds is for each connection. A deep check asks the first node that
    accepts a connection, and nothing of it is said of the others.
    """
    results = tls.probe_all([target], timeout=timeout, guard=guard)
    asked = deep_all([target] if is_deep else [], timeout=timeout, guard=guard)
    return [
        _of_result(
            each,
            next((deep for deep in asked if _is_of(deep, each, results)), None),
            stores=stores,
            now=now,
        )
        for each in results
    ]


def _is_of(
    deep: DeepResult, result: ProbeResult, results: Sequence[ProbeResult]
) -> bool:
    """Whether a deep check asked the node of `result`, or no node that is known."""
    known = {each.address for each in results}
    if deep.address in known:
        return result.address == deep.address
    return result is results[0]


def _of_result(
    result: ProbeResult,
    deep: DeepResult | None,
    *,
    stores: Sequence[TrustStore],
    now: datetime,
) -> Report:
    chain, error = _read(result.chain)
    error = result.error_text or error
    if not chain or result.error_text:
        return Report(chain=chain, result=result, deep=deep, error=error)
    leaf, target = chain[0], result.target
    opinion = _opinion(result.chain, stores=stores, now=now)
    found = meaning(
        leaf,
        host=target.server_name or target.host,
        sent=result.chain,
        opinion=opinion,
        shown=result,
        deep=deep,
    )
    dates = findings.of_dates(leaf.not_before, leaf.not_after, now=now)
    return Report(
        chain=chain,
        verdicts=opinion.verdicts,
        findings=(*dates, *found.findings),
        result=result,
        meaning=found,
        deep=deep,
        error=error,
    )


def _opinion(
    sent: Sequence[bytes], *, stores: Sequence[TrustStore], now: datetime
) -> Opinion:
    verdicts = Judge(stores, now=now).judge(sent)
    return Opinion(
        verdicts=verdicts, counting=frozenset(each.store for each in verdicts)
    )


def _read(sent: Sequence[bytes]) -> tuple[tuple[ParsedCertificate, ...], str]:
    """Return what can be read of a chain up to what cannot, and why that cannot."""
    chain: list[ParsedCertificate] = []
    for der in sent:
        try:
            chain.append(parse_der(der))
        except InvalidCertificateError as error:
            return tuple(chain), str(error)
    return tuple(chain), "" if sent else "The server sent no certificate."
