"""What a deep check of an endpoint showed, and how it is kept as JSON."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from certs.pki.suites import Suite


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedSuite:
    """A cipher suite that the server accepts in one protocol version.

    `name` is IANA's. `is_inferred` says that the server was not asked for it in this
    version, because it took it in another one and the connections were spent.
    """

    version: str
    name: str
    openssl_name: str
    key_exchange: str
    authentication: str
    bits: int
    has_forward_secrecy: bool
    is_aead: bool
    is_weak: bool
    is_inferred: bool = False

    @classmethod
    def of(cls, suite: Suite, *, version: str, is_inferred: bool = False) -> Self:
        """Return `suite` as offered in `version`."""
        return cls(
            version=version,
            name=suite.name,
            openssl_name=suite.openssl_name,
            key_exchange=suite.key_exchange,
            authentication=suite.authentication,
            bits=suite.bits,
            has_forward_secrecy=suite.has_forward_secrecy,
            is_aead=suite.is_aead,
            is_weak=suite.is_weak,
            is_inferred=is_inferred,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepResult:
    """What many small questions to one address showed.

    `versions` are named as OpenSSL does, the newest first, `suites` are grouped by
    version in the order in which the server chose them, `groups` are IANA's names in
    that order. `prefers_server_order` has the versions where that could be told.
    `dh_bits` is the smallest prime seen, None without DHE. What could not be seen is
    None: `secure_renegotiation` (RFC 5746), `compression` and `heartbeat` need a server
    below TLS 1.3, `hsts_max_age` the header and `speaks_http` a port that may speak it.
    `is_tls13_known` says that TLS 1.3 was asked for to the end: what it lacks here is
    not offered. `is_complete` is False when questions were left over; `error_code` and
    `error_text` say what ended the check early, as in `certs.pki.failures`.
    """

    host: str
    port: int
    server_name: str
    address: str = ""
    versions: tuple[str, ...] = ()
    suites: tuple[OfferedSuite, ...] = ()
    prefers_server_order: dict[str, bool] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    dh_bits: int | None = None
    secure_renegotiation: bool | None = None
    compression: bool | None = None
    heartbeat: bool | None = None
    speaks_http: bool | None = None
    hsts_max_age: int | None = None
    is_tls13_known: bool = False
    connections: int = 0
    is_complete: bool = False
    error_code: str = ""
    error_text: str = ""

    def suites_of(self, version: str) -> tuple[OfferedSuite, ...]:
        """Return the suites of one version."""
        return tuple(suite for suite in self.suites if suite.version == version)

    def to_json(self) -> dict[str, Any]:
        """Return the result as what JSON has: numbers, texts, lists and mappings."""
        plain = asdict(self)
        plain["suites"] = [asdict(suite) for suite in self.suites]
        plain["versions"], plain["groups"] = list(self.versions), list(self.groups)
        return plain

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Self:
        """Return the result that `to_json` made `plain` of; unknown keys are dropped.

        Raises ValueError when a part is missing or of another kind.
        """
        try:
            known = {each.name: plain[each.name] for each in fields(cls)}
            known["suites"] = tuple(_suite(each) for each in plain["suites"])
            known["versions"] = tuple(plain["versions"])
            known["groups"] = tuple(plain["groups"])
            return cls(**known)
        except (KeyError, TypeError) as error:
            raise ValueError("This is not the result of a deep check.") from error


def _suite(plain: dict[str, Any]) -> OfferedSuite:
    return OfferedSuite(
        **{each.name: plain[each.name] for each in fields(OfferedSuite)}
    )
