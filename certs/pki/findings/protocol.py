"""Findings about what a server agrees to."""

from collections.abc import Iterable, Iterator

from certs.pki import groups, suites
from certs.pki.deep import DeepResult, OfferedSuite
from certs.pki.findings.finding import Finding

SMALLEST_PRIME = 2048

_OLD_VERSIONS = ("SSLv2", "SSLv3", "TLSv1", "TLSv1.1")
_NEWEST_VERSION = "TLSv1.3"
_SHOWN_SUITES = 5


def of_handshake(
    tls_version: str, cipher: str, key_exchange: str = ""
) -> tuple[Finding, ...]:
    """Return what one handshake tells, of which a server chose the best for itself.

    The names are OpenSSL's; `key_exchange` is a group, empty when it is not known. That
    something was not chosen does not say that it is not offered, but for TLS 1.3: it
    was offered, and both sides go by the newest version (RFC 8446 section 4.2.1).
    """
    suite = suites.find(cipher)
    return (
        *_of_versions([tls_version] if tls_version else [], is_all=True),
        *_of_suite(tls_version, suite),
        *_of_groups([key_exchange], is_all=False),
    )


def of_deep(result: DeepResult) -> tuple[Finding, ...]:
    """Return what a deep check tells; nothing when it saw no handshake."""
    if not result.versions:
        return ()
    return (
        *_of_versions(result.versions, is_all=result.is_tls13_known),
        *_of_weak(suite for suite in result.suites if suite.is_weak),
        *_of_forward_secrecy(result),
        *_of_extras(result),
        *_of_groups(result.groups, is_all=result.is_tls13_known),
    )


def _of_versions(versions: Iterable[str], *, is_all: bool) -> Iterator[Finding]:
    offered = list(versions)
    old = [version for version in _OLD_VERSIONS if version in offered]
    if old:
        about = {"versions": ", ".join(old), "version": old[-1]}
        yield Finding(code="old-protocol", about=about)
    if is_all and offered and _NEWEST_VERSION not in offered:
        yield Finding(code="no-tls13")


def _of_suite(tls_version: str, suite: suites.Suite | None) -> Iterator[Finding]:
    if suite is not None:
        offered = OfferedSuite.of(suite, version=tls_version)
        yield from _of_weak([offered] if offered.is_weak else [])
        if not offered.has_forward_secrecy:
            yield Finding(code="no-forward-secrecy")


def _of_weak(weak: Iterable[OfferedSuite]) -> Iterator[Finding]:
    found: dict[str, OfferedSuite] = {}
    for suite in weak:  # the newest version first, which is the one to show
        found.setdefault(suite.name, suite)
    if not found:
        return
    shown = ", ".join(list(found)[:_SHOWN_SUITES])
    if len(found) > _SHOWN_SUITES:
        shown += f" and {len(found) - _SHOWN_SUITES} more"
    first = next(iter(found.values()))
    about = {"suites": shown, "version": first.version, "cipher": first.openssl_name}
    yield Finding(code="weak-cipher", about=about)


def _of_forward_secrecy(result: DeepResult) -> Iterator[Finding]:
    if result.suites and not any(each.has_forward_secrecy for each in result.suites):
        yield Finding(code="no-forward-secrecy")
    if result.dh_bits is not None and result.dh_bits < SMALLEST_PRIME:
        yield Finding(code="weak-dh", about={"bits": f"{result.dh_bits}"})


def _of_extras(result: DeepResult) -> Iterator[Finding]:
    if result.compression:
        yield Finding(code="compression")
    if result.secure_renegotiation is False:
        yield Finding(code="insecure-renegotiation")
    if result.speaks_http and not result.hsts_max_age:
        yield Finding(code="no-hsts")


def _of_groups(names: Iterable[str], *, is_all: bool) -> Iterator[Finding]:
    """Yield whether a quantum computer could read along; `names` may not be all."""
    known = [groups.BY_NAME[name] for name in names if name in groups.BY_NAME]
    safe = [group.name for group in known if group.is_post_quantum]
    if safe:
        yield Finding(code="post-quantum", about={"groups": ", ".join(safe)})
    elif is_all:
        yield Finding(code="no-post-quantum")
