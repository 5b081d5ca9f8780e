"""The databases that are measured: where they run, and an empty one on each."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from project.tests.fresh import fresh_url

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ROOT / "scripts" / "services"
SERVERS = ("postgres", "mongo")
ENGINES = ("sqlite", *SERVERS)


def start(engines: Iterable[str]) -> None:
    """Start the servers that are not up; CalledProcessError if one does not start."""
    servers = [name for name in engines if name in SERVERS]
    if servers:
        subprocess.run(  # noqa: S603 - our own script
            [SERVICES, "up", *servers], check=True, stdout=sys.stderr
        )


@contextmanager
def empty(engine: str) -> Iterator[str]:
    """Give the URL of a database that is dropped in the end."""
    with folder() as directory, fresh_url(directory, server=_server(engine)) as url:
        yield url


@contextmanager
def folder() -> Iterator[Path]:
    """Give a folder on the disk of the project: /tmp may be in memory."""
    var = ROOT / "var"
    var.mkdir(exist_ok=True)
    prefix = f"bench-{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=var) as name:
        yield Path(name)


def _server(engine: str) -> str:
    if engine not in SERVERS:
        return f"{engine}:"
    told = subprocess.run(  # noqa: S603 - our own script
        [SERVICES, "url", engine], check=True, stdout=subprocess.PIPE, text=True
    )
    return told.stdout.strip()
