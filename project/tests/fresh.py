"""An empty database for other processes, on the engine that the suite runs on."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


@contextmanager
def fresh_url(directory: Path, *, server: str | None = None) -> Iterator[str]:
    """DATABASE_URL of a database that is there while the block lasts.

    On the suite's server, unless another is named.
    """
    suite = urlsplit(server or os.environ.get("DATABASE_URL", ""))
    name = f"certdesk_{secrets.token_hex(4)}"
    url = suite._replace(path=f"/{name}").geturl()
    if suite.scheme.startswith("postgres"):
        with _postgres_database(suite._replace(path="/postgres").geturl(), name):
            yield url
    elif suite.scheme.startswith("mongodb"):
        with _mongo_database(url, name):
            yield url
    else:
        yield f"sqlite:///{directory / name}.sqlite3"


@contextmanager
def _postgres_database(server: str, name: str) -> Iterator[None]:
    import psycopg  # noqa: PLC0415 - SQLite needs no driver

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def _mongo_database(url: str, name: str) -> Iterator[None]:
    from pymongo import MongoClient  # noqa: PLC0415 - as above

    client: MongoClient[Any]
    with MongoClient(url) as client:
        try:
            yield
        finally:
            client.drop_database(name)
