"""Trust stores: sets of roots with a name, the public one among them."""

import re
from base64 import b64decode
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path

import certifi

from certs.pki.links import read
from certs.pki.rules import authority_defects, unreadable

PUBLIC = "Public CAs"

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustStore:
    """Roots, as DER, that somebody trusts. `as_of` is when the list was made.

    In a public store, what the web's profile forbids is not trusted; a private CA may
    do what is merely unusual there.
    """

    name: str
    roots: tuple[bytes, ...]
    as_of: date | None = None
    is_public: bool = False


@cache
def certifi_store() -> TrustStore:
    """Return Mozilla's roots as certifi brings them; read once.

    A root is kept as it is: whether a strict parser takes it is found out when it is
    used. certifi's versions are dates.
    """
    year, month, day, *_ = map(int, version("certifi").split("."))
    texts = _PEM.findall(Path(certifi.where()).read_bytes())
    return TrustStore(
        name=PUBLIC,
        roots=tuple(map(b64decode, texts)),
        as_of=date(year, month, day),
        is_public=True,
    )


def refusal(der: bytes) -> str:
    """Return why a certificate can be nobody's root; "" if it can.

    It need not be its own issuer: whom somebody trusts, they trust.
    """
    link = read(der)
    if link is None:
        return "This is no certificate."
    return unreadable(link) or " ".join(authority_defects(link, is_root=True))
