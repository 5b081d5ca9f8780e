"""Reports as lines for a terminal, and as facts for a script."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from certs.management.terminal import printable
from certs.pki import grading
from certs.pki.report import Report
from certs.pki.x509 import ParsedCertificate

NAMES = 10  # shown; a certificate may hold thousands


def lines(report: Report, *, now: datetime) -> Iterator[str]:
    """Yield what a person reads, line by line; times in `now`'s zone."""
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
            {"store": v.store, "trusted": v.is_trusted, "code": v.code}
            for v in report.verdicts
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
    result = report.result
    if result is not None:
        place = f"{result.target.host}:{result.target.port}"
        yield f"{place} ({result.address})" if result.address else place
        if result.tls_version:
            agreed = (result.tls_version, result.cipher, result.key_exchange)
            yield _fact("Handshake", ", ".join(filter(None, agreed)))
    if report.error:
        yield _fact("Error", report.error)
    if report.chain:
        yield from _leaf(report.chain[0], now=now)
    for issuer in report.chain[1:]:
        yield _fact("Chain", f"{issuer.common_name or issuer.subject}")
    for verdict in report.verdicts:
        yield _fact("Trust", f"{verdict.store}: {verdict.sentence}")
    yield from _grade(report)
    yield from _findings(report)
    yield from _offers(report)
    yield ""


def _leaf(leaf: ParsedCertificate, *, now: datetime) -> Iterator[str]:
    yield _fact("Subject", leaf.subject or "none")
    yield _fact("Issuer", leaf.issuer or "none")
    names = [*leaf.dns_names, *leaf.ip_addresses]
    shown = ", ".join(names[:NAMES]) or "none"
    more = f" and {len(names) - NAMES:,} more" if names[NAMES:] else ""
    yield _fact("Names", shown + more)
    days = grading.days_left(leaf.not_after, now=now)
    ends = f"{leaf.not_after:%Y-%m-%d %H:%M} UTC, {days} days left"
    yield _fact("Valid", f"{leaf.not_before:%Y-%m-%d %H:%M} to {ends}")
    size = f" {leaf.key_size}" if leaf.key_size else ""
    yield _fact("Key", f"{leaf.key_algorithm}{size}, {leaf.signature_algorithm}")
    yield _fact("Serial", leaf.serial_number)
    yield _fact("SHA-256", leaf.fingerprint_sha256)


def _grade(report: Report) -> Iterator[str]:
    rating = report.meaning.rating if report.meaning else None
    if rating is not None:
        best = "" if rating.is_complete else " at best, after one handshake"
        yield _fact("Grade", f"{rating.grade}{best}")
        yield from (_fact("", line) for line in rating.lines)


def _findings(report: Report) -> Iterator[str]:
    """Yield findings with what to do, and how to see them where there is a server."""
    for found in report.findings:
        yield _fact(found.severity.value.capitalize(), found.sentence)
        if found.remedy:
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
        yield _fact(version, _listed(each.name for each in deep.suites_of(version)))
    if deep.groups:
        yield _fact("Groups", _listed(deep.groups))
    more = "" if deep.is_complete else "; there may be more"
    yield _fact("Asked", f"{deep.connections} connections{more}")


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)


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
