"""Secrets at rest: sealed with the first key of the environment, opened with any.

For what must be read again, such as the secret that an authenticator app shares with
us; what need only be recognised is hashed instead. A copy of the database without the
keys opens nothing.
"""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"certdesk: secrets at rest"  # no other use of a key yields the same bytes


class UnreadableSecretError(Exception):
    """None of the keys opens it: a key is gone, or the text was changed."""


def seal(text: str) -> str:
    """Return `text` so that nobody reads or changes it without the key."""
    return _box().encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """Return what was sealed. Raises UnreadableSecretError."""
    try:
        return _box().decrypt(sealed).decode()
    except (InvalidToken, ValueError) as error:
        raise UnreadableSecretError("No key in SECRETS_KEY opens it.") from error


def reseal(sealed: str) -> str:
    """Seal with the first key what any of them opens. Raises UnreadableSecretError."""
    try:
        return _box().rotate(sealed).decode("ascii")
    except (InvalidToken, ValueError) as error:
        raise UnreadableSecretError("No key in SECRETS_KEY opens it.") from error


def _box() -> MultiFernet:
    return _boxes(tuple(settings.SECRETS_KEYS))


@lru_cache(maxsize=4)
def _boxes(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derive(key)) for key in keys])


def _derive(key: str) -> bytes:
    """Make a Fernet key of a text that is long and random (HKDF, RFC 5869)."""
    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=PURPOSE)
    return base64.urlsafe_b64encode(kdf.derive(key.encode()))
