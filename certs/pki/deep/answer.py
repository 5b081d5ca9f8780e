"""What the answer to a hand-made hello says."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from certs.pki.hello import KEY_SHARE, SUPPORTED_VERSIONS
from certs.pki.suites import BY_NUMBER, TLS12, TLS13

_NAMED_CURVE = 3
_RANDOM_BYTES = 32
# A ServerHello with this random is a HelloRetryRequest. RFC 8446 section 4.1.3.
_RETRY = bytes.fromhex(
    "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
)


class Kind(Enum):
    """How a server answered."""

    HELLO = "hello"
    ALERT = "alert"
    CLOSED = "closed"
    SILENT = "silent"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one answer says; a field that it does not have is 0 or empty.

    `group` is the number of the group that was named, `dh_bits` the size of the prime.
    """

    kind: Kind
    version: int = 0
    suite: int = 0
    group: int = 0
    dh_bits: int = 0
    has_compression: bool = False
    extensions: frozenset[int] = frozenset()
    alert: int = 0

    @property
    def is_refusal(self) -> bool:
        """Whether the server heard the question and said no."""
        return self.kind in {Kind.ALERT, Kind.CLOSED}


class UnreadableError(ValueError):
    """The bytes are not what the protocol says."""


class Bytes:
    """Bytes that are taken from the front, or raise UnreadableError."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    @property
    def is_at_end(self) -> bool:
        """Whether nothing is left."""
        return self._position >= len(self._data)

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes."""
        end = self._position + count
        if end > len(self._data):
            raise UnreadableError
        taken, self._position = self._data[self._position : end], end
        return taken

    def numbers(self, *widths: int) -> tuple[int, ...]:
        """Return the numbers of the given widths in bytes that come next."""
        return tuple(int.from_bytes(self.take(width), "big") for width in widths)

    def vector(self, width: int) -> bytes:
        """Return a vector whose length comes before it in `width` bytes."""
        (length,) = self.numbers(width)
        return self.take(length)


def read_server_hello(body: bytes) -> Answer:
    """Return what a ServerHello or HelloRetryRequest says. RFC 8446 section 4.1.3."""
    data = Bytes(body)
    (version,) = data.numbers(2)
    is_retry = data.take(_RANDOM_BYTES) == _RETRY
    data.vector(1)  # the session's id
    suite, compression = data.numbers(2, 1)
    extensions = dict(_extensions(data))
    if SUPPORTED_VERSIONS in extensions:
        (version,) = Bytes(extensions[SUPPORTED_VERSIONS]).numbers(2)
    group = 0
    if is_retry and KEY_SHARE in extensions:
        (group,) = Bytes(extensions[KEY_SHARE]).numbers(2)
    return Answer(
        kind=Kind.HELLO,
        version=version,
        suite=suite,
        group=group,
        has_compression=compression != 0,
        extensions=frozenset(extensions),
    )


def _extensions(data: Bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the extensions; a server of before RFC 3546 has not even their length."""
    if not data.is_at_end:
        rest = Bytes(data.vector(2))
        while not rest.is_at_end:
            (kind,) = rest.numbers(2)
            yield kind, rest.vector(2)


def has_key_exchange(hello: Answer) -> bool:
    """Return whether a ServerKeyExchange follows. RFC 5246 section 7.4.3."""
    suite = BY_NUMBER.get(hello.suite)
    ephemeral = suite is not None and suite.key_exchange in {"DHE", "ECDHE"}
    return ephemeral and hello.version < TLS13


def with_key_exchange(hello: Answer, body: bytes) -> Answer:
    """Return `hello` with the curve or the prime's size that the server chose.

    RFC 5246 section 7.4.3, RFC 8422 section 5.4.
    """
    data = Bytes(body)
    suite = BY_NUMBER[hello.suite]
    group = dh_bits = 0
    if suite.key_exchange == "ECDHE":
        curve_type, number = data.numbers(1, 2)
        group = number if curve_type == _NAMED_CURVE else 0
    else:
        dh_bits = int.from_bytes(data.vector(2), "big").bit_length()
    return Answer(
        kind=Kind.HELLO,
        version=min(hello.version, TLS12),
        suite=hello.suite,
        group=group,
        dh_bits=dh_bits,
        has_compression=hello.has_compression,
        extensions=hello.extensions,
    )
