"""DATABASE_URL → DATABASES["default"]."""

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote

from project.env import ConfigurationError

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


def from_url(url: SplitResult, *, directory: Path) -> dict[str, Any]:
    """Django's settings for the database at `url`.

    `sqlite:///name` lies in `directory`, `sqlite:////name` is an absolute path.
    Raises ConfigurationError for any other scheme.
    """
    if url.scheme != "sqlite":
        problem = f"must begin with sqlite://, not {url.scheme or url.path!r}"
        raise ConfigurationError("DATABASE_URL", problem)
    name = unquote(url.path).removeprefix("/")
    if url.netloc or not name:
        problem = "must be sqlite:///FILE or sqlite:////PATH/TO/FILE"
        raise ConfigurationError("DATABASE_URL", problem)
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": dict(SQLITE_OPTIONS),
    }
