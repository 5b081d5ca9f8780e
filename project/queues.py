"""BROKER_URL → Celery's settings: a folder, or Redis or RabbitMQ for many machines."""

from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote

from kombu.transport import TRANSPORT_ALIASES

from project.env import ConfigurationError

TRANSPORT_ALIASES["folder"] = "project.folder_queue:Transport"  # by its URL alone
REDIS = frozenset({"redis", "rediss"})
AMQP = frozenset({"amqp", "amqps"})
POLL = 0.2  # seconds between two looks into the folder
# Seconds after which Redis gives a message to another worker. The lease of the work in
# the database is what counts; this only wakes somebody up.
VISIBLE_AFTER = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where messages are kept between who asks and who works."""

    url: str
    options: dict[str, Any] = field(default_factory=dict)


def from_url(url: SplitResult, *, directory: Path) -> Broker:
    """Return the broker at `url`.

    `file:///name` lies in `directory`, `file:////name` is an absolute path; the folder
    is for its owner alone. Raises ConfigurationError for a URL that cannot be used or
    lacks its driver.
    """
    if url.scheme in REDIS:
        if find_spec("redis") is None:
            raise _error("needs redis: pip install -r requirements-redis.txt")
        options = {"visibility_timeout": VISIBLE_AFTER, "global_keyprefix": "certdesk:"}
        return Broker(url=url.geturl(), options=options)
    if url.scheme in AMQP:
        return Broker(url=url.geturl())
    name = unquote(url.path).removeprefix("/")
    if url.scheme != "file" or url.netloc or not name:
        raise _error(
            "must be file:///FOLDER, file:////PATH, redis://HOST or amqp://HOST"
        )
    return _folder(directory / name)


def _folder(root: Path) -> Broker:
    folders = {
        "data_folder_in": root / "messages",
        "data_folder_out": root / "messages",
        "control_folder": root / "control",
    }
    for path in (root, *folders.values()):
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise _error(f"names a folder that cannot be made: {error}") from error
    options = {name: str(path) for name, path in folders.items()}
    return Broker(
        url="folder://localhost", options={**options, "polling_interval": POLL}
    )


def _error(problem: str) -> ConfigurationError:
    return ConfigurationError("BROKER_URL", problem)
