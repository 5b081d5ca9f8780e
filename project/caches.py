"""CACHE_URL → CACHES["default"]: a folder, or Redis for several machines."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote

from project.env import ConfigurationError

REDIS = frozenset({"redis", "rediss", "unix"})


def from_url(url: SplitResult, *, directory: Path) -> dict[str, Any]:
    """Return Django's settings for the cache at `url`.

    `file:///name` lies in `directory`, `file:////name` is an absolute path. Raises
    ConfigurationError for a URL that cannot be used or lacks its driver.
    """
    if url.scheme in REDIS:
        if find_spec("redis") is None:
            raise _error("needs redis: pip install -r requirements-redis.txt")
        return {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": url.geturl(),
            "KEY_PREFIX": "certdesk",
        }
    name = unquote(url.path).removeprefix("/")
    if url.scheme != "file" or url.netloc or not name:
        raise _error("must be file:///FOLDER, file:////PATH/TO/FOLDER or redis://HOST")
    return {
        "BACKEND": "project.folder_cache.FolderCache",
        "LOCATION": directory / name,
    }


def _error(problem: str) -> ConfigurationError:
    return ConfigurationError("CACHE_URL", problem)
