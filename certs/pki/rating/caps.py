"""The rules that cap a grade, as the guide's changes from 2009c to 2009r add up."""

from collections.abc import Iterator, Sequence

from certs.pki.deep import DeepResult, OfferedSuite
from certs.pki.rating.grade import CertificateFacts, Grade, Reason
from certs.pki.rating.scores import key_strength
from certs.pki.suites import find

# Versions as people write them, the newest first.
TITLES = {
    "TLSv1.3": "TLS 1.3",
    "TLSv1.2": "TLS 1.2",
    "TLSv1.1": "TLS 1.1",
    "TLSv1": "TLS 1.0",
    "SSLv3": "SSL 3.0",
    "SSLv2": "SSL 2.0",
}
HSTS_SECONDS = 180 * 24 * 3600  # the guide's six months

_WITHOUT_RC4_AND_3DES = ("TLSv1.1", "TLSv1.2")
_SMALLEST_KEY, _SMALL_KEY = 1024, 2048
_SMALLEST_CIPHER = 112
_FORGED = ("md2", "md4", "md5")


def of_protocols(result: DeepResult) -> Iterator[Reason]:
    """Yield the caps for the protocol versions."""
    newest, versions = result.versions[0], set(result.versions)
    if "SSLv2" in versions:
        yield _cap(Grade.F, "SSL 2.0 is offered")
    if "SSLv3" in versions:
        yield from _of_ssl3(result, is_best=newest == "SSLv3")
    if newest in {"TLSv1", "TLSv1.1"}:
        yield _cap(Grade.C, "TLS 1.2 is not offered")
    for version in ("TLSv1.1", "TLSv1"):
        if version in versions:
            yield _cap(Grade.B, f"{TITLES[version]} is offered")
    if result.is_tls13_known and "TLSv1.3" not in versions:
        yield _cap(Grade.A_MINUS, "TLS 1.3 is not offered")


def of_suites(result: DeepResult) -> Iterator[Reason]:
    """Yield the caps for what any offered cipher suite allows."""
    suites = result.suites
    if any(suite.authentication == "none" for suite in suites):
        yield _cap(Grade.F, "anonymous cipher suites are offered")
    if any(suite.bits == 0 for suite in suites):
        yield _cap(Grade.F, "cipher suites without encryption are offered")
    if any("_EXPORT" in suite.name for suite in suites):
        yield _cap(Grade.F, "export cipher suites are offered")
    if any(0 < suite.bits < _SMALLEST_CIPHER for suite in suites):
        yield _cap(Grade.F, "ciphers with less than 112 bits are offered")
    yield from _of_rc4(suites)
    modern = [each for each in suites if each.version in _WITHOUT_RC4_AND_3DES]
    if any(_has_small_blocks(suite) for suite in modern):
        yield _cap(Grade.C, "ciphers with blocks of 64 bits are offered (Sweet32)")


def of_choice(result: DeepResult) -> Iterator[Reason]:
    """Yield the caps for what a client of today ends up with.

    TLS 1.3 has forward secrecy and authenticated encryption always.
    """
    chosen = _may_be_chosen(result)
    if chosen and not any(suite.has_forward_secrecy for suite in chosen):
        yield _cap(Grade.B, "there is no forward secrecy")
    if chosen and not any(suite.is_aead for suite in chosen):
        yield _cap(Grade.B, "there is no authenticated encryption (AEAD)")


def of_keys(
    result: DeepResult, certificate: CertificateFacts | None
) -> Iterator[Reason]:
    """Yield the caps for the certificate's key and signature, and for DHE's prime."""
    strength = key_strength(certificate) if certificate else None
    for bits, name in ((strength, "key"), (result.dh_bits, "Diffie-Hellman prime")):
        if bits is not None and bits < _SMALL_KEY:
            grade = Grade.F if bits < _SMALLEST_KEY else Grade.B
            size = f"as weak as RSA with {bits:,} bits" if name == "key" else ""
            yield _cap(grade, f"the {name} is {size or f'{bits:,} bits long'}")
    signature = certificate.signature_algorithm.lower() if certificate else ""
    if signature.startswith(_FORGED):
        yield _cap(Grade.F, "the certificate is signed with MD5 or MD2")


def of_extras(result: DeepResult) -> Iterator[Reason]:
    """Yield the caps for compression, renegotiation and HTTP's header."""
    if result.compression:
        yield _cap(Grade.C, "TLS compression is on (CRIME)")
    if result.secure_renegotiation is False:
        yield _cap(Grade.A_MINUS, "secure renegotiation is not supported")
    if result.speaks_http and not result.hsts_max_age:
        yield _cap(Grade.A_MINUS, "HSTS is not sent")


def is_exceptional(result: DeepResult) -> bool:
    """Whether a server without any cap deserves a plus.

    A web server by its HSTS, as the guide has it. Other protocols have no such thing;
    there, each suite has to have forward secrecy and authenticated encryption.
    """
    if result.speaks_http:
        return (result.hsts_max_age or 0) >= HSTS_SECONDS
    return all(suite.has_forward_secrecy and suite.is_aead for suite in result.suites)


def _of_ssl3(result: DeepResult, *, is_best: bool) -> Iterator[Reason]:
    if is_best:
        yield _cap(Grade.F, "SSL 3.0 is the best version offered")
    elif any("_CBC_" in suite.name for suite in result.suites_of("SSLv3")):
        yield _cap(Grade.C, "SSL 3.0 is offered with CBC ciphers (POODLE)")
    else:
        yield _cap(Grade.B, "SSL 3.0 is offered")


def _of_rc4(suites: Sequence[OfferedSuite]) -> Iterator[Reason]:
    with_rc4 = [suite for suite in suites if "_RC4_" in suite.name]
    if with_rc4 and len(with_rc4) == len(suites):
        yield _cap(Grade.F, "only RC4 is offered")
    elif any(suite.version in _WITHOUT_RC4_AND_3DES for suite in with_rc4):
        yield _cap(Grade.C, "RC4 is offered with TLS 1.1 or newer")
    elif with_rc4:
        yield _cap(Grade.B, "RC4 is offered")


def _may_be_chosen(result: DeepResult) -> Sequence[OfferedSuite]:
    """Return the suites of which a client of today gets one; none in TLS 1.3."""
    newest = result.versions[0]
    if newest == "TLSv1.3":
        return ()
    suites = result.suites_of(newest)
    suites = tuple(suite for suite in suites if not suite.is_weak) or suites
    return suites[:1] if result.prefers_server_order.get(newest) else suites


def _has_small_blocks(suite: OfferedSuite) -> bool:
    known = find(suite.name)
    return known is not None and known.has_small_blocks


def _cap(grade: Grade, cause: str) -> Reason:
    return Reason(grade=grade, cause=cause)
