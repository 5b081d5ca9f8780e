"""Reports as lines for a terminal, and as facts for a script."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from certs.management.terminal import printable
from certs.pki import grading
from certs.pki.chain import MAX_SERVED
from certs.pki.rating import Grade
from certs.pki.report import Report
from certs.pki.target import ProbeResult
from certs.pki.x509 import ParsedCertificate

NAMES = 10  # shown; a certificate may hold thousands
# Nothing that a deep check finds makes these any better or worse.
_FINAL = (Grade.T, Grade.M)


def lines(report: Report, *, now: datetime) -> Iterator[str]:
    """Yield what a person reads; times in UTC, days counted in the zone of `now`."""
    for line in _lines(report, now=now):
        yield printable(line)


def facts(report: Report) -> dict[str, Any]:
    """Return what a script reads, as plain values; times in UTC, ISO 8601."""
    result, found = report.result, report.meaning
    rating = found.rating if found else None
    return {
        "host": result.target.host if result else None,
        "port": result.target.port if result else None,
        "address": result.address if result else None,
        "error_code": result.error_code if result else "",
        "error": report.error,
        "tls_version": result.tls_version if result else None,
        "cipher": result.cipher if result else None,
        "key_exchange": result.key_exchange if result else None,
        "certificates": [_certificate(each) for each in report.chain],
        "trust": [
            {
                "store": each.store,
                "trusted": each.is_trusted,
                "code": each.code,
                "sentence": each.sentence,
            }
            for each in report.verdicts
        ],
        "findings": [
            {
                "code": each.code,
                "severity": each.severity.value,
                "sentence": each.sentence,
                "remedy": each.remedy,
            }
            for each in report.findings
        ],
        "grade": rating.grade.value if rating else None,
        "reasons": list(rating.lines) if rating else [],
        "deep": report.deep.to_json() if report.deep else None,
    }


def _lines(report: Report, *, now: datetime) -> Iterator[str]:
    if report.result is not None:
        yield from _server(report.result)
    if report.error:
        yield _fact("Error", report.error)
    if report.chain:
        yield from _leaf(report.chain[0], now=now)
    yield from _above(report.chain[1:])
    for verdict in report.verdicts:
        yield _fact("Trust", f"{verdict.store}: {verdict.sentence}")
    yield from _grade(report)
    yield from _findings(report)
    yield from _offers(report)
    yield ""


def _server(result: ProbeResult) -> Iterator[str]:
    target = result.target
    host = f"[{target.host}]" if ":" in target.host else target.host
    is_news = result.address not in {"", target.host}
    yield f"{host}:{target.port}" + (f" ({result.address})" if is_news else "")
    if result.tls_version:
        agreed = (result.tls_version, result.cipher, result.key_exchange)
        yield _fact("Handshake", ", ".join(filter(None, agreed)))


def _leaf(leaf: ParsedCertificate, *, now: datetime) -> Iterator[str]:
    yield _fact("Subject", leaf.subject or "none")
    yield _fact("Issuer", leaf.issuer or "none")
    names = [*leaf.dns_names, *leaf.ip_addresses]
    shown = ", ".join(names[:NAMES]) or "none"
    more = f" and {len(names) - NAMES:,} more" if names[NAMES:] else ""
    yield _fact("Names", shown + more)
    dates = f"{leaf.not_before:%Y-%m-%d %H:%M} to {leaf.not_after:%Y-%m-%d %H:%M} UTC"
    yield _fact("Valid", f"{dates}, {_left(leaf.not_after, now=now)}")
    size = f" {leaf.key_size}" if leaf.key_size else ""
    yield _fact("Key", f"{leaf.key_algorithm}{size}, {leaf.signature_algorithm}")
    yield _fact("Serial", leaf.serial_number)
    yield _fact("SHA-256", leaf.fingerprint_sha256)


def _left(end: datetime, *, now: datetime) -> str:
    days = grading.days_left(end, now=now)
    number = f"{abs(days):,} day{'' if abs(days) == 1 else 's'}"
    if now > end:
        return f"ended {number} ago" if days else "ended today"
    return f"{number} left" if days else "ends today"


def _above(issuers: Sequence[ParsedCertificate]) -> Iterator[str]:
    for issuer in issuers[:MAX_SERVED]:
        yield _fact("Chain", issuer.common_name or issuer.subject or "no name")
    if issuers[MAX_SERVED:]:
        yield _fact("", f"and {len(issuers) - MAX_SERVED:,} more")


def _grade(report: Report) -> Iterator[str]:
    rating = report.meaning.rating if report.meaning else None
    if rating is not None:
        is_final = rating.is_complete or rating.grade in _FINAL
        best = "" if is_final else " at best, after one handshake"
        yield _fact("Grade", f"{rating.grade}{best}")
        yield from (_fact("", line) for line in rating.lines)


def _findings(report: Report) -> Iterator[str]:
    """Yield findings with what to do, and how to see them where there is a server."""
    for found in report.findings:
        yield _fact(found.severity.value.capitalize(), found.sentence)
        yield _fact("", found.remedy)
        if report.result is not None:
            target = report.result.target
            command = found.command(
                target.host,
                target.port,
                server_name=target.server_name,
                starttls=target.starttls.value,
            )
            yield _fact("", f"$ {command}")


def _offers(report: Report) -> Iterator[str]:
    deep = report.deep
    if deep is None:
        return
    if deep.error_text:
        yield _fact("Deep check", deep.error_text)
    for version in deep.versions:
        yield from _listed(version, [each.name for each in deep.suites_of(version)])
    yield from _listed("Groups", deep.groups)
    if deep.versions:
        more = "" if deep.is_complete else "; there may be more to find"
        yield _fact("Asked", f"{deep.connections} connections{more}")


def _listed(name: str, words: Iterable[str]) -> Iterator[str]:
    """Yield one word a line, the name beside the first."""
    for number, word in enumerate(words):
        yield _fact("" if number else name, word)


def _fact(name: str, value: str) -> str:
    return f"  {name:<10} {value}"


def _certificate(each: ParsedCertificate) -> dict[str, Any]:
    return {
        "subject": each.subject,
        "issuer": each.issuer,
        "names": [*each.dns_names, *each.ip_addresses],
        "not_before": each.not_before.isoformat(),
        "not_after": each.not_after.isoformat(),
        "serial_number": each.serial_number,
        "fingerprint_sha256": each.fingerprint_sha256,
        "key_algorithm": each.key_algorithm,
        "key_size": each.key_size,
        "problems": [problem.sentence for problem in each.problems],
    }
