"""Connections that a command opens beside, or in place of, the configured one."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from project import databases
from project.env import ConfigurationError
from project.transport import TransportError

REPEATABLE_READ = 3  # psycopg's number for it


def named(value: str) -> str:
    """Return a URL: `value` itself, or what an environment variable of that name holds.

    A password in an argument can be read by everybody on the machine.
    """
    return value if "://" in value else os.environ.get(value, value)


def without_secrets(url: str) -> str:
    """Return `url` as it may be shown and kept: no user, password or options."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def at(url: str, *, option: str) -> dict[str, Any]:
    """Return Django's settings for `url`; the error names the `option` it came from."""
    try:
        return databases.from_url(urlsplit(url), directory=settings.BASE_DIR)
    except (ConfigurationError, ValueError) as error:
        problem = str(error).replace("DATABASE_URL", option)
        raise TransportError(problem) from error


@contextmanager
def connected(alias: str, place: dict[str, Any]) -> Iterator[str]:
    """Let `alias` mean `place` for a while; then it means again what it did."""
    before = connections.settings.get(alias)
    outer = connections[alias] if before else None
    filled = connections.configure_settings({DEFAULT_DB_ALIAS: dict(place)})
    connections.settings[alias] = filled[DEFAULT_DB_ALIAS]
    inner = connections[alias] = connections.create_connection(alias)
    # A pool of sockets is found by alias alone: the outer one's leads elsewhere.
    pools = getattr(inner, "_connection_pools", {})
    pool = pools.pop(alias, None)
    try:
        yield alias
    finally:
        inner.close()
        getattr(inner, "close_pool", bool)()
        del connections[alias], connections.settings[alias]
        if before and outer:
            connections.settings[alias], connections[alias] = before, outer
        if pool is not None:
            pools[alias] = pool


@contextmanager
def snapshot() -> Iterator[str]:
    """Read the configured database as it is at one moment, while others write.

    MongoDB gives no such view over a long time: there, what is written meanwhile may
    be in it or not.
    """
    place = dict(connections.settings[DEFAULT_DB_ALIAS])
    options = dict(place["OPTIONS"])
    if place["ENGINE"] == "django.db.backends.sqlite3":
        options["transaction_mode"] = "DEFERRED"  # IMMEDIATE would lock writers out
    if place["ENGINE"] == "django.db.backends.postgresql":
        options["isolation_level"] = REPEATABLE_READ
    place["OPTIONS"] = options
    with connected("snapshot", place) as alias, whole(alias):
        yield alias


def whole(alias: str) -> AbstractContextManager[None]:
    """Begin a transaction of any length, where the engine has such.

    MongoDB ends one after a minute.
    """
    if connections[alias].vendor == "mongodb":
        return nullcontext()
    return transaction.atomic(using=alias)
