"""DATABASE_URL → DATABASES["default"], for SQLite, PostgreSQL or MongoDB."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote

from project.env import ConfigurationError

Settings = dict[str, Any]

# IMMEDIATE takes the write lock when a transaction begins: with DEFERRED, two that
# read before they write fail at once with "database is locked". WAL lets pages be
# read meanwhile.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,  # seconds
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        "PRAGMA mmap_size=134217728; PRAGMA cache_size=-20000;"
    ),
}
POSTGRES_AGE = 60  # seconds that a connection is kept for the next request
# What a URL may say about a connection (libpq's names); the rest is ours to set.
POSTGRES_OPTIONS = frozenset(
    {
        "application_name",
        "channel_binding",
        "connect_timeout",
        "gssencmode",
        "keepalives",
        "keepalives_count",
        "keepalives_idle",
        "keepalives_interval",
        "passfile",
        "service",
        "sslcert",
        "sslcrl",
        "sslkey",
        "sslmode",
        "sslrootcert",
        "target_session_attrs",
        "tcp_user_timeout",
    }
)
POSTGRES_DEFAULTS = {"connect_timeout": "10", "application_name": "certdesk"}
# MongoClient's names. Without them a page waits 30 seconds for a server that is gone.
MONGO_DEFAULTS = {
    "appname": "certdesk",
    "connectTimeoutMS": 5000,
    "serverSelectionTimeoutMS": 10000,
}


def from_url(url: SplitResult, *, directory: Path) -> Settings:
    """Django's settings for the database at `url`.

    `sqlite:///name` lies in `directory`, `sqlite:////name` is an absolute path.
    Raises ConfigurationError for a URL that cannot be used or lacks its driver.
    """
    readers: dict[str, Callable[[SplitResult], Settings]] = {
        "sqlite": lambda url: _sqlite(url, directory=directory),
        "postgres": _postgres,
        "postgresql": _postgres,
        "mongodb": _mongo,
        "mongodb+srv": _mongo,
    }
    if url.scheme not in readers:
        raise _error(
            "must begin with sqlite://, postgres:// or mongodb://, "
            f"not {url.scheme or url.path!r}"
        )
    return readers[url.scheme](url)


def _sqlite(url: SplitResult, *, directory: Path) -> Settings:
    name = unquote(url.path).removeprefix("/")
    if url.netloc or not name:
        raise _error("must be sqlite:///FILE or sqlite:////PATH/TO/FILE")
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": dict(SQLITE_OPTIONS),
    }


def _postgres(url: SplitResult) -> Settings:
    _require("psycopg", "PostgreSQL", "requirements-postgres.txt")
    name = unquote(url.path).removeprefix("/")
    options = dict(parse_qsl(url.query))
    unknown = ", ".join(sorted(options.keys() - POSTGRES_OPTIONS))
    if not name:
        raise _error("must be postgres://USER:PASSWORD@HOST:PORT/NAME")
    if unknown:
        raise _error(f"has options that are not allowed here: {unknown}")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(url.hostname or ""),
        "PORT": str(url.port or ""),
        "OPTIONS": {**POSTGRES_DEFAULTS, **options},
        "CONN_MAX_AGE": POSTGRES_AGE,
        "CONN_HEALTH_CHECKS": True,
    }


def _mongo(url: SplitResult) -> Settings:
    """Pass the whole URL on: it may name several hosts, and options for the driver."""
    _require("django_mongodb_backend", "MongoDB", "requirements-mongo.txt")
    name = unquote(url.path).removeprefix("/")
    if not url.netloc or not name:
        raise _error("must be mongodb://USER:PASSWORD@HOST:PORT,…/NAME?replicaSet=…")
    given = {key.lower() for key, _ in parse_qsl(url.query)}
    options = {k: v for k, v in MONGO_DEFAULTS.items() if k.lower() not in given}
    return {
        "ENGINE": "project.mongo",
        "HOST": url.geturl(),
        "NAME": name,
        "OPTIONS": options,
    }


def _require(module: str, database: str, requirements: str) -> None:
    if find_spec(module) is None:
        raise _error(f"needs {database}'s driver: pip install -r {requirements}")


def _error(problem: str) -> ConfigurationError:
    return ConfigurationError("DATABASE_URL", problem)
