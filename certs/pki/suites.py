"""What a cipher suite promises: its key exchange, its cipher, its strength."""

import re
from dataclasses import dataclass

from certs.pki.suite_table import TABLE

SSL3, TLS10, TLS11, TLS12, TLS13 = 0x0300, 0x0301, 0x0302, 0x0303, 0x0304
SSL2 = 0x0002
# As OpenSSL writes them: what a probe stores, too.
VERSION_NAMES = {
    SSL2: "SSLv2",
    SSL3: "SSLv3",
    TLS10: "TLSv1",
    TLS11: "TLSv1.1",
    TLS12: "TLSv1.2",
    TLS13: "TLSv1.3",
}

_NAME = re.compile(r"TLS_(?:(?P<kx>\w+?)_WITH_)?(?P<cipher>\w+)")
_AEAD = re.compile(r"_(?:GCM|CCM|POLY1305|OMAC)(?:_|$)")
_TLS_1_2_ONLY = re.compile(r"_(?:GCM|CCM|POLY1305|OMAC)(?:_|$)|_SHA(?:256|384)$|_IMIT$")
# The bits of a key, by the first of these that the cipher's name contains. 3DES is
# counted by its effective strength (NIST SP 800-57 part 1, table 2).
_BITS = (
    ("NULL", 0),
    ("_40", 40),
    ("DES40", 40),
    ("RC4_56", 56),
    ("3DES", 112),
    ("DES_CBC", 56),
    ("128", 128),
    ("SEED", 128),
    ("IDEA", 128),
    ("SM4", 128),
    ("256_CBC", 256),
    ("256_GCM", 256),
    ("256_CCM", 256),
    ("CHACHA20", 256),
    ("KUZNYECHIK", 256),
    ("MAGMA", 256),
    ("28147", 256),
)
_SMALL_BLOCKS = ("DES", "RC2", "IDEA", "MAGMA", "28147")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """One cipher suite of IANA's registry.

    `openssl_name` is empty where OpenSSL never had the suite. `key_exchange` is RSA,
    DH, DHE, ECDH, ECDHE, GOST, or `any` in TLS 1.3, where groups decide;
    `authentication` is RSA, DSS, ECDSA, GOST, `none`, or `any`. `lowest_version` is the
    first protocol version that has the suite.
    """

    number: int
    name: str
    openssl_name: str
    key_exchange: str
    authentication: str
    bits: int
    lowest_version: int
    is_aead: bool
    is_export: bool

    @property
    def has_forward_secrecy(self) -> bool:
        """Whether a session stays secret when the server's key is lost later."""
        return self.key_exchange in {"DHE", "ECDHE", "any"}

    @property
    def is_anonymous(self) -> bool:
        """Whether the server proves nothing, so that anybody can be it."""
        return self.authentication == "none"

    @property
    def is_rc4(self) -> bool:
        """Whether the cipher is RC4, which RFC 7465 forbids."""
        return "_RC4_" in self.name

    @property
    def has_small_blocks(self) -> bool:
        """Whether the blocks have 64 bits only (Sweet32, CVE-2016-2183)."""
        return any(f"_{cipher}" in self.name for cipher in (*_SMALL_BLOCKS, "3DES"))

    @property
    def is_weak(self) -> bool:
        """Whether nobody should use the suite any more."""
        return (
            self.bits < 128  # noqa: PLR2004 - NIST SP 800-131A's least
            or self.is_anonymous
            or self.is_export
            or self.is_rc4
            or self.has_small_blocks
        )


def _parse(line: str) -> Suite:
    """Return the suite that a line of the table is about; the name tells the rest."""
    number, name, openssl_name = line.split()
    match = _NAME.fullmatch(name)
    if match is None:  # pragma: no cover - the table is ours
        raise ValueError(name)
    exchange, _, authentication = (match["kx"] or "any_any").partition("_")
    authentication = authentication.removesuffix("EXPORT1024").removesuffix("EXPORT")
    authentication = authentication.removesuffix("_") or exchange
    if exchange.startswith("GOST"):
        exchange = authentication = "GOST"
    is_modern = match["kx"] is None
    return Suite(
        number=int(number, 16),
        name=name,
        openssl_name=openssl_name.removeprefix("-"),
        key_exchange=_ephemeral(exchange, authentication),
        authentication="none" if authentication == "anon" else authentication,
        bits=next(bits for part, bits in _BITS if part in match["cipher"]),
        lowest_version=_lowest_version(name, exchange, is_modern=is_modern),
        is_aead=bool(_AEAD.search(name)),
        is_export="_EXPORT" in name,
    )


def _ephemeral(exchange: str, authentication: str) -> str:
    """Return DHE for an anonymous DH: what nobody signs is fresh each time."""
    return f"{exchange}E" if authentication == "anon" else exchange


def _lowest_version(name: str, exchange: str, *, is_modern: bool) -> int:
    if is_modern:
        return TLS13
    if _TLS_1_2_ONLY.search(name):
        return TLS12
    return TLS10 if exchange.startswith("ECDH") else SSL3


SUITES = tuple(_parse(line) for line in TABLE.split("\n") if line)
BY_NUMBER = {suite.number: suite for suite in SUITES}
_BY_NAME = {suite.name: suite for suite in SUITES} | {
    suite.openssl_name: suite for suite in SUITES if suite.openssl_name
}


def find(name: str) -> Suite | None:
    """Return the suite with this IANA or OpenSSL name, None when it is not known."""
    return _BY_NAME.get(name)


def _strength(suite: Suite) -> tuple[bool, bool, bool, int, int]:
    return (
        not suite.is_weak,
        suite.has_forward_secrecy,
        suite.is_aead,
        suite.bits,
        suite.number,
    )


def usable_in(version: int) -> tuple[Suite, ...]:
    """Return the suites that `version` can use, the weakest first.

    TLS 1.3 shares its suites with no other version (RFC 8446 section B.4).
    """
    return tuple(
        suite
        for suite in sorted(SUITES, key=_strength)
        if suite.lowest_version <= version
        and (suite.lowest_version == TLS13) == (version == TLS13)
    )
