"""The scores of the three categories, and the letter for their sum."""

from collections.abc import Iterator

from certs.pki import groups
from certs.pki.deep import DeepResult
from certs.pki.rating.grade import CertificateFacts, Grade

_PROTOCOLS = {
    "SSLv2": 0,
    "SSLv3": 80,
    "TLSv1": 90,
    "TLSv1.1": 95,
    "TLSv1.2": 100,
    "TLSv1.3": 100,
}
# Each: below so many bits, this score.
_KEYS = ((1, 0), (512, 20), (1024, 40), (2048, 80), (4096, 90))
_CIPHERS = ((1, 0), (128, 20), (256, 80))
_LETTERS = (
    (80, Grade.A),
    (65, Grade.B),
    (50, Grade.C),
    (35, Grade.D),
    (20, Grade.E),
)
# The guide counts 3DES as the 168 bits of its keys.
_TRIPLE_DES_BITS, _TRIPLE_DES_COUNTED = 112, 168
_EXPORT_BITS = 512
_USUAL_BITS = 128  # of a cipher that is not known
# How many bits of RSA are as hard to break: NIST SP 800-57 part 1, table 2.
_EQUALS_OF_CURVES = ((512, 15360), (384, 7680), (256, 3072), (224, 2048), (160, 1024))
_EQUALS = {"Ed25519": 3072, "Ed448": 7680}


def score(result: DeepResult, certificate: CertificateFacts | None) -> int:
    """Return the sum, 0 to 100: protocols 30 %, key exchange 30 %, ciphers 40 %.

    A zero in one category is a zero in all.
    """
    parts = (
        _protocols(result),
        _key_exchange(result, certificate),
        _ciphers(result),
    )
    if 0 in parts:
        return 0
    return round(sum(w * p for w, p in zip((0.3, 0.3, 0.4), parts, strict=True)))


def letter(points: int) -> Grade:
    """Return the letter for a sum of scores."""
    found = (grade for least, grade in _LETTERS if points >= least)
    return next(found, Grade.F)


def key_strength(certificate: CertificateFacts) -> int | None:
    """Return how many bits an RSA key as strong has, None if that is not known."""
    if certificate.key_algorithm == "ECDSA":
        size = certificate.key_size
        found = (equal for bits, equal in _EQUALS_OF_CURVES if size >= bits)
        return next(found, None)
    if certificate.key_algorithm in {"RSA", "DSA"}:
        return certificate.key_size or None
    return _EQUALS.get(certificate.key_algorithm)


def _protocols(result: DeepResult) -> float:
    """Return the middle of the best and the worst protocol's score."""
    points = [_PROTOCOLS[version] for version in result.versions]
    return (max(points) + min(points)) / 2


def _key_exchange(result: DeepResult, certificate: CertificateFacts | None) -> int:
    """Return the score of the weakest key that a session's secret depends on."""
    return _points(_KEYS, min(_key_bits(result, certificate), default=_KEYS[-1][0]))


def _key_bits(
    result: DeepResult, certificate: CertificateFacts | None
) -> Iterator[int]:
    strength = key_strength(certificate) if certificate else None
    if strength is not None:
        yield strength
    if result.dh_bits is not None:
        yield result.dh_bits
    for name in result.groups:
        if name in groups.BY_NAME:
            yield groups.BY_NAME[name].bits
    for suite in result.suites:
        if suite.authentication == "none":
            yield 0
        elif "_EXPORT" in suite.name:
            yield _EXPORT_BITS


def _ciphers(result: DeepResult) -> float:
    """Return the middle of the strongest and the weakest cipher's score."""
    bits = [
        _TRIPLE_DES_COUNTED if suite.bits == _TRIPLE_DES_BITS else suite.bits
        for suite in result.suites
    ]
    points = [_points(_CIPHERS, each) for each in bits or [_USUAL_BITS]]
    return (max(points) + min(points)) / 2


def _points(table: tuple[tuple[int, int], ...], bits: int) -> int:
    return next((points for below, points in table if bits < below), 100)
