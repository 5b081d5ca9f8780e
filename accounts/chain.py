"""The checksums of the change log: one for each entry, and one that ties it in.

Both are keyed (HMAC-SHA-256), so that who can write to the database alone can make
neither. The proof is made with the entry, the link when it gets its number.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

FIRST = "0" * 64  # what the first entry is tied to


def proof(facts: Mapping[str, Any], *, key: str | None = None) -> str:
    """Return the checksum of what an entry says."""
    said = json.dumps(facts, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return _keyed("proof", said, key)


def link(previous: str, number: int, proof: str, *, key: str | None = None) -> str:
    """Return the checksum that puts an entry behind the one with link `previous`."""
    return _keyed("link", f"{previous}:{number}:{proof}", key)


def is_proof(said: str, facts: Mapping[str, Any]) -> bool:
    """Whether `said` was made from `facts`, with the key of now or one from before."""
    return any(constant_time_compare(said, proof(facts, key=key)) for key in _keys())


def is_link(said: str, previous: str, number: int, proof: str) -> bool:
    """Whether `said` was made for this place in the chain."""
    made = (link(previous, number, proof, key=key) for key in _keys())
    return any(constant_time_compare(said, each) for each in made)


def _keyed(purpose: str, said: str, key: str | None) -> str:
    salt = f"accounts.change.{purpose}"
    secret = _keys()[0] if key is None else key
    return salted_hmac(salt, said, secret=secret, algorithm="sha256").hexdigest()


def _keys() -> Sequence[str]:
    """Return the keys, the one that signs first."""
    keys: Sequence[str] = settings.CHANGELOG_KEYS
    return keys
