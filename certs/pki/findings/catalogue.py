"""Every kind of finding: how bad it is, what to say, how to mend and how to see it.

The codes are stable: they are stored, and people write rules for them. In a sentence
`{name}` stands for what a finding is about; `look` is a recipe of `commands.py`.
"""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is, the worst first."""

    CRITICAL = "critical"
    WARNING = "warning"
    NOTICE = "notice"
    GOOD = "good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of finding."""

    severity: Severity
    sentence: str
    remedy: str
    look: str


def _kind(severity: Severity, look: str, sentence: str, remedy: str) -> Kind:
    return Kind(severity=severity, sentence=sentence, remedy=remedy, look=look)


_CRITICAL, _WARNING = Severity.CRITICAL, Severity.WARNING
_NOTICE, _GOOD = Severity.NOTICE, Severity.GOOD

_DATES = {
    "expired": _kind(
        _CRITICAL,
        "dates",
        "The certificate expired on {not_after}.",
        "Renew the certificate, install it on every node and reload the server.",
    ),
    "expiring": _kind(
        _WARNING,
        "dates",
        "The certificate expires on {not_after}.",
        "Renew the certificate, install it on every node and reload the server.",
    ),
    "not-yet-valid": _kind(
        _CRITICAL,
        "dates",
        "The certificate is not valid before {not_before}.",
        "Serve the previous certificate until then, or check the issuer's clock.",
    ),
    "too-long-lived": _kind(
        _WARNING,
        "dates",
        "The certificate is valid for {days} days; a public one issued on {issued} may"
        " be for {limit} at most.",
        "Have it issued again for {limit} days or less: clients may refuse this one.",
    ),
}
_NAMES = {
    "name-mismatch": _kind(
        _CRITICAL,
        "names",
        "The certificate does not cover {host}; it is for {names}.",
        "Have a certificate issued that names {host}, or point the name elsewhere.",
    ),
    "no-san": _kind(
        _CRITICAL,
        "names",
        "The certificate has no subject alternative name, so no client accepts it.",
        "Have it issued again with each host name as a subject alternative name.",
    ),
    "wildcard": _kind(
        _NOTICE,
        "names",
        "The certificate is for {name}, which is every host there.",
        "Where few hosts need it, give each its own certificate: a stolen key then"
        " opens one door only.",
    ),
}
_TRUST = {
    "self-signed": _kind(
        _CRITICAL,
        "chain",
        "{reason}",
        "Have one issued by a public authority, or by your own one whose root is in the"
        " clients' trust stores.",
    ),
    "unknown-root": _kind(
        _CRITICAL,
        "chain",
        "{reason}",
        "Use an authority that the clients trust, or add this root to the trust store"
        " if it is yours.",
    ),
    "missing-intermediate": _kind(
        _WARNING,
        "chain",
        "{reason}",
        "Append the intermediate to the file that the server sends as its chain.",
    ),
    "expired-intermediate": _kind(
        _CRITICAL,
        "chain",
        "{reason}",
        "Replace it in the server's chain by the authority's current one.",
    ),
    "invalid-chain": _kind(
        _CRITICAL,
        "chain",
        "{reason}",
        "Install the chain anew, as the authority delivers it for this certificate.",
    ),
    "wrong-order": _kind(
        _NOTICE,
        "chain",
        "{reason}",
        "Put the server's own certificate first and each issuer after it: TLS 1.2 and"
        " older clients may insist.",
    ),
    "extra-certificates": _kind(
        _NOTICE,
        "chain",
        "{reason}",
        "Remove them from the file that the server sends as its chain.",
    ),
    "root-sent": _kind(
        _NOTICE,
        "chain",
        "{reason}",
        "Remove the last certificate from the server's chain: it only costs time.",
    ),
    "duplicate-certificates": _kind(
        _NOTICE,
        "chain",
        "{reason}",
        "Remove the second copy from the file that the server sends as its chain.",
    ),
    "not-a-certificate": _kind(
        _WARNING,
        "chain",
        "{reason}",
        "Remove what is no certificate from the file that the server sends.",
    ),
    "too-many-certificates": _kind(
        _WARNING,
        "chain",
        "{reason}",
        "Send the server's certificate and its intermediates, and nothing else.",
    ),
}
_KEYS = {
    "small-key": _kind(
        _WARNING,
        "text",
        "The {algorithm} key has {bits} bits only.",
        "Make a new key, ECDSA P-256 or RSA with 2048 bits or more, and have a"
        " certificate issued for it.",
    ),
    "weak-signature": _kind(
        _CRITICAL,
        "text",
        "The certificate is signed with {algorithm}, which can be forged.",
        "Have it issued again; every authority of today signs with SHA-256 or better.",
    ),
    "client-auth": _kind(
        _NOTICE,
        "purposes",
        "The public certificate is also for client authentication. Public authorities"
        " stop issuing such certificates from 2026 on, as Chrome's root program asks.",
        "If it signs in anywhere as a client, get a certificate of a private authority"
        " for that before the next renewal.",
    ),
    "shared-key": _kind(
        _NOTICE,
        "key",
        "The key is also used by {others}.",
        "Make a key for each host: who steals one then has one only.",
    ),
    "same-key-renewed": _kind(
        _NOTICE,
        "key",
        "The certificate was renewed with the same key as before.",
        "Let each renewal make a new key, so that an unnoticed loss ends with it.",
    ),
    "duplicate-serial": _kind(
        _WARNING,
        "serial",
        "Another certificate of the same issuer has the serial number {serial}, too.",
        "Tell the authority: a serial number is unique (RFC 5280), or revoking one"
        " revokes both.",
    ),
    "parse-problem": _kind(
        _NOTICE,
        "text",
        "{problem}",
        "Have the certificate issued again without this fault.",
    ),
}
_PROTOCOL = {
    "old-protocol": _kind(
        _WARNING,
        "version",
        "The server offers {versions}, which RFC 8996 and RFC 7568 forbid.",
        "Turn the old versions off; TLS 1.2 and 1.3 serve every client since 2014.",
    ),
    "weak-cipher": _kind(
        _WARNING,
        "cipher",
        "The server offers weak cipher suites: {suites}.",
        "Remove them from the server's list of ciphers.",
    ),
    "weak-dh": _kind(
        _WARNING,
        "dhe",
        "The Diffie-Hellman prime has {bits} bits only.",
        "Use a group of RFC 7919 with 2048 bits or more, or ECDHE alone.",
    ),
    "no-forward-secrecy": _kind(
        _WARNING,
        "ephemeral",
        "No cipher suite has forward secrecy: who gets the key reads old sessions.",
        "Put ECDHE suites first in the server's list of ciphers.",
    ),
    "compression": _kind(
        _WARNING,
        "handshake",
        "The server compresses what it encrypts, which gives secrets away (CRIME).",
        "Turn TLS compression off.",
    ),
    "insecure-renegotiation": _kind(
        _WARNING,
        "handshake",
        "The server does not know secure renegotiation (RFC 5746).",
        "Update the server's TLS library, or use TLS 1.3, which has no renegotiation.",
    ),
    "no-hsts": _kind(
        _NOTICE,
        "headers",
        "The web server does not ask browsers to insist on HTTPS.",
        "Send Strict-Transport-Security with a max-age of six months or more.",
    ),
    "no-tls13": _kind(
        _NOTICE,
        "tls13",
        "The server does not offer TLS 1.3.",
        "Turn TLS 1.3 on; it wants OpenSSL 1.1.1 or a library of the same age.",
    ),
    "post-quantum": _kind(
        _GOOD,
        "hybrid",
        "The server offers post-quantum key exchange ({groups}).",
        "Nothing to do. To see it yourself takes OpenSSL 3.5 or newer.",
    ),
    "no-post-quantum": _kind(
        _NOTICE,
        "hybrid",
        "The server does not offer post-quantum key exchange: what is recorded today"
        " may be read by a quantum computer later.",
        "Turn on X25519MLKEM768, which OpenSSL has from 3.5 on.",
    ),
}
_NODES = {
    "nodes-differ": _kind(
        _WARNING,
        "fingerprint",
        "{count} of {total} nodes {difference}.",
        "Bring the nodes to the same state: each may be the one that a client meets.",
    ),
    "not-deployed": _kind(
        _WARNING,
        "fingerprint",
        "A newer certificate, valid until {not_after}, exists and is not served.",
        "Install the newer certificate and reload the server.",
    ),
}

KINDS = _DATES | _NAMES | _TRUST | _KEYS | _PROTOCOL | _NODES
