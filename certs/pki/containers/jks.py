"""Java's own keystores, JKS and JCEKS: what can be read without a password.

A big-endian stream: magic number, version, number of entries, the entries, and the
SHA-1 of password and stream. Certificates are in the clear, keys are not looked at.
"""

import hashlib
import hmac
from collections.abc import Iterator

from certs.pki.containers.block import PRIVATE_KEY, SECRET, SOMETHING_ELSE, Block

_MAGICS = (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")
_VERSIONS = {1, 2}
_KEY, _CERTIFICATE, _SECRET = 1, 2, 3
_TYPES = {b"X.509", b"X509"}
_DIGEST_OCTETS = 20
_PEPPER = b"Mighty Aphrodite"

_CUT_OFF = Block(problem="The keystore cannot be read to its end.")
_UNKNOWN = Block(problem="The keystore has a version that is not known.")
_WRONG_PASSWORD = Block(
    problem="The password is not that of the keystore, or the keystore was changed."
)
_SKIPPED = Block(
    problem="The keystore holds a secret key; what follows it cannot be read."
)


def is_keystore(data: bytes) -> bool:
    """Tell whether a file begins like a JKS or JCEKS keystore."""
    return data.startswith(_MAGICS)


def blocks(data: bytes, *, password: str = "") -> Iterator[Block]:
    """Yield the certificates of a keystore and what else it holds.

    Certificates that are trusted and the chains of keys, in the keystore's order. The
    digest is checked if there is a password. Nothing is raised.
    """
    stream = _Stream(data[:-_DIGEST_OCTETS], position=len(_MAGICS[0]))
    try:
        version = stream.number(4)
        if version not in _VERSIONS:
            yield _UNKNOWN
            return
        count = stream.number(4)
        if not count:
            yield Block(other="an empty keystore")
        for _ in range(count):
            yield from _entry(stream, version=version)
    except EOFError:
        yield _CUT_OFF
        return
    except _SecretKeyError:
        yield Block(other=SECRET)
        yield _SKIPPED
        return
    if password and not _is_sealed(data, password):
        yield _WRONG_PASSWORD


class _SecretKeyError(Exception):
    """A Java object comes next, whose length is known to Java alone."""


class _Stream:
    """Reads forward, and raises EOFError where the data end."""

    def __init__(self, data: bytes, *, position: int) -> None:
        self._data = data
        self._position = position

    def take(self, length: int) -> bytes:
        begin, end = self._position, self._position + length
        if end > len(self._data):
            raise EOFError
        self._position = end
        return self._data[begin:end]

    def number(self, octets: int) -> int:
        return int.from_bytes(self.take(octets), "big")

    def counted(self, octets: int) -> bytes:
        """Return what follows its own length, which has so many octets."""
        return self.take(self.number(octets))


def _entry(stream: _Stream, *, version: int) -> Iterator[Block]:
    """Yield what one entry holds: a trusted certificate, or a key and its chain."""
    kind = stream.number(4)
    stream.counted(2)  # the alias
    stream.take(8)  # when it was made
    if kind == _CERTIFICATE:
        yield _certificate(stream, version=version)
    elif kind == _KEY:
        stream.counted(4)
        yield Block(other=PRIVATE_KEY)
        for _ in range(stream.number(4)):
            yield _certificate(stream, version=version)
    elif kind == _SECRET:
        raise _SecretKeyError
    else:
        raise EOFError


def _certificate(stream: _Stream, *, version: int) -> Block:
    """Return a certificate; version 2 says before it of which kind it is."""
    is_x509 = version == 1 or stream.counted(2) in _TYPES
    der = stream.counted(4)
    return Block(der=der) if is_x509 and der else Block(other=SOMETHING_ELSE)


def _is_sealed(data: bytes, password: str) -> bool:
    secret = password.encode("utf-16-be", errors="replace")
    digest = hashlib.sha1(  # noqa: S324 - the format knows no other
        secret + _PEPPER + data[:-_DIGEST_OCTETS]
    )
    return hmac.compare_digest(digest.digest(), data[-_DIGEST_OCTETS:])
