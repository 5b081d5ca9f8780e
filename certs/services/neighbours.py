"""Findings that no single check shows: a certificate beside others of the inventory."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from certs.models import Certificate, Endpoint, Observation
from certs.pki.findings import Finding

MOST = 50  # rows that are looked at for one finding
NAMED = 3  # of them in its sentence


def findings(
    endpoint: Endpoint, runs: Collection[Observation], *, now: datetime
) -> list[Finding]:
    """Return what stands out beside the inventory, of `runs`, an address's latest each.

    Asked when somebody looks, not kept: the neighbours change without a check.
    """
    found = list(_differing(runs))
    if endpoint.certificate is not None:
        certificate = endpoint.certificate
        found += _shared_key(endpoint, certificate)
        found += _same_key(endpoint, certificate)
        found += _duplicate_serial(certificate)
        found += _not_deployed(certificate, now=now)
    return found


def _differing(runs: Collection[Observation]) -> Iterator[Finding]:
    """Find nodes of one endpoint that do not show what most of them show."""
    up = [run for run in runs if not run.error_code and run.certificate]
    certificates = {run.certificate for run in up}
    newest = max(
        (each for each in certificates if each),
        key=lambda certificate: certificate.not_before,
        default=None,
    )
    behind = sum(run.certificate != newest for run in up)
    if behind:
        yield _nodes(behind, of=len(up), what="still serve an older certificate")
    elif others := _minority(run.chain for run in up):
        yield _nodes(others, of=len(up), what="serve another chain than the rest")
    if others := _minority(run.tls_version for run in up):
        yield _nodes(others, of=len(up), what="agree on another protocol version")


def _minority(shown: Iterable[object]) -> int:
    """Return how many do not show what most do."""
    counts = Counter(shown)
    return counts.total() - max(counts.values(), default=0)


def _nodes(count: int, *, of: int, what: str) -> Finding:
    about = {"count": f"{count}", "total": f"{of}", "difference": what}
    return Finding(code="nodes-differ", about=about)


def _shared_key(endpoint: Endpoint, certificate: Certificate) -> Iterator[Finding]:
    """Find other hosts whose certificate has the same key."""
    keys = Certificate.objects.filter(spki_sha256=certificate.spki_sha256)
    same = list(keys.values_list("pk", flat=True)[:MOST])
    others = Endpoint.objects.filter(certificate__in=same).exclude(host=endpoint.host)
    hosts = sorted(set(others.order_by().values_list("host", flat=True)[:MOST]))
    if hosts:
        yield Finding(code="shared-key", about={"others": _some(hosts)})


def _same_key(endpoint: Endpoint, certificate: Certificate) -> Iterator[Finding]:
    """Find an earlier certificate of this endpoint with the same key."""
    seen = Certificate.objects.filter(
        pk__in=list(
            endpoint.observations.exclude(certificate=None)
            .newest_first()
            .values_list("certificate", flat=True)[:MOST]
        ),
        spki_sha256=certificate.spki_sha256,
        not_before__lt=certificate.not_before,
    )
    if seen.exists():
        yield Finding(code="same-key-renewed")


def _duplicate_serial(certificate: Certificate) -> Iterator[Finding]:
    """Find another certificate of the same issuer with the same serial number."""
    others = Certificate.objects.filter(
        serial_number=certificate.serial_number, issuer=certificate.issuer
    ).exclude(pk=certificate.pk)
    if others.exists():
        about = {"serial": certificate.serial_number}
        yield Finding(code="duplicate-serial", about=about)


def _not_deployed(certificate: Certificate, *, now: datetime) -> Iterator[Finding]:
    """Find a successor in the inventory that is not served here.

    One that began later, is valid and was issued for all the names of what is served: a
    wildcard that other hosts serve is no successor of a host's own certificate.
    """
    newer = (
        Certificate.objects.matching(certificate.name)
        .current(now)
        .filter(
            not_before__gt=certificate.not_before,
            not_after__gt=certificate.not_after,
        )
        .order_by("-not_before")
    )
    for successor in newer.defer("der")[:MOST]:
        if set(certificate.names) <= set(successor.names):
            about = {"not_after": f"{successor.not_after:%Y-%m-%d}"}
            yield Finding(code="not-deployed", about=about)
            return


def _some(names: list[str]) -> str:
    """Name a few, and say how many more there are."""
    more = len(names) - NAMED
    text = ", ".join(names[:NAMED])
    return f"{text} and {more} more" if more > 0 else text
