"""Commands to paste into a terminal, to see a finding with one's own eyes."""

import shlex
from collections.abc import Mapping
from ipaddress import ip_address

# STARTTLS protocols that `openssl s_client` calls by another name.
_STARTTLS = {"managesieve": "sieve", "xmpp-client": "xmpp"}
_VERSION_FLAGS = {
    "SSLv2": "-ssl2",
    "SSLv3": "-ssl3",
    "TLSv1": "-tls1",
    "TLSv1.1": "-tls1_1",
    "TLSv1.2": "-tls1_2",
    "TLSv1.3": "-tls1_3",
}
# What to look at in the certificate: the options of `openssl x509`.
_IN_CERTIFICATE = {
    "dates": "-noout -dates",
    "names": "-noout -subject -ext subjectAltName",
    "text": "-noout -text",
    "purposes": "-noout -ext extendedKeyUsage",
    "key": "-noout -pubkey",
    "serial": "-noout -issuer -serial",
    "fingerprint": "-noout -fingerprint -sha256 -dates",
}
# What to look at in the handshake: the options of `openssl s_client`.
_IN_HANDSHAKE = {
    "chain": "-showcerts",
    "handshake": "-tls1_2 -comp",
    "ephemeral": "-tls1_2 -cipher ECDHE:DHE",
    "dhe": "-tls1_2 -cipher DHE:@SECLEVEL=0",
    "tls13": "-tls1_3",
    "hybrid": "-tls1_3 -groups X25519MLKEM768",
}
LOOKS = frozenset({*_IN_CERTIFICATE, *_IN_HANDSHAKE, "version", "cipher", "headers"})


def command(
    look: str,
    about: Mapping[str, str],
    *,
    host: str,
    port: int,
    server_name: str = "",
    starttls: str = "",
) -> str:
    """Return the command line for a recipe; no text in it can become a command.

    Each text is quoted for a POSIX shell, and characters that a terminal would act on
    are question marks.
    """
    place = _place(host, port)
    name = server_name or host
    if look == "headers":
        return _ask_headers(_place(name, port), place)
    parts = ["openssl s_client -connect", _quote(place)]
    if not _is_address(name):
        parts += ["-servername", _quote(name)]
    if starttls:
        parts += ["-starttls", _quote(_STARTTLS.get(starttls, starttls))]
    parts += _options(look, about)
    line = " ".join(parts) + " </dev/null"
    if look in _IN_CERTIFICATE:
        line += f" | openssl x509 {_IN_CERTIFICATE[look]}"
    return line


def _ask_headers(named: str, place: str) -> str:
    """Return how to ask for the headers of a name, at the place that was checked."""
    url = _quote(f"https://{named}/")
    if named == place:
        return f"curl -skI {url}"
    return f"curl -skI --connect-to {_quote(f'::{place}')} {url}"


def _options(look: str, about: Mapping[str, str]) -> list[str]:
    flag = _VERSION_FLAGS.get(about.get("version", ""), "-tls1_2")
    if look == "version":
        return [flag, "-cipher", "ALL:@SECLEVEL=0"]
    if look == "cipher":
        return [flag, "-cipher", _quote(f"{about.get('cipher') or 'ALL'}:@SECLEVEL=0")]
    return [_IN_HANDSHAKE[look]] if look in _IN_HANDSHAKE else []


def _place(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _is_address(name: str) -> bool:
    """Whether the name is an IP literal, which is not sent (RFC 6066 section 3)."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _quote(text: str) -> str:
    is_plain = (c if c.isascii() and c.isprintable() else "?" for c in text)
    return shlex.quote("".join(is_plain))
