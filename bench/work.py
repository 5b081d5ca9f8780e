"""The table of `python -m bench work`: workers on a folder and on Redis."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import children, engines, servers

BROKERS = ("folder", "redis")
ROWS = (
    ("messages a second that find nothing due", "messages_{n}", "{:,.0f}"),
    ("endpoints a second", "endpoints_{n}", "{:,.0f}"),
    ("one endpoint, from message to done: median, ms", "median_{n}", "{:,.0f}"),
    ("the slowest of them, ms", "slowest_{n}", "{:,.0f}"),
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be asked for."""
    parser.add_argument("--endpoints", type=int, default=2000, help="in a round (2000)")
    parser.add_argument("--messages", type=int, default=200, help="of nothing (200)")
    parser.add_argument(
        "--engine", choices=engines.ENGINES, default="sqlite", help="(sqlite)"
    )
    parser.add_argument(
        "--broker",
        action="append",
        choices=BROKERS,
        help="one of them; again for another (both)",
    )


def measure(options: argparse.Namespace) -> int:
    """Print the table; the servers are those of scripts/services."""
    now = datetime.now(UTC)  # noqa: TID251 - a measurement has no other clock
    engines.start([options.engine])
    found: dict[str, dict[str, float]] = {}
    with (
        engines.folder() as folder,
        servers.running(servers.KEYS[0], now=now, folder=folder) as server,
    ):
        for broker in options.broker or BROKERS:
            sys.stderr.write(f"bench: workers on {broker}\n")
            with _broker(broker, folder=folder):
                found[broker] = _child(server.port, options, folder=folder)
    _print(found)
    return 0


def _child(port: int, options: argparse.Namespace, *, folder: Path) -> Any:
    with engines.empty(options.engine) as url:
        text = children.answer(
            "bench.workers",
            str(port),
            str(options.endpoints),
            str(options.messages),
            url=url,
            static=folder,
        )
    return json.loads(text)


@contextmanager
def _broker(name: str, *, folder: Path) -> Iterator[None]:
    """Let processes that are started in the block use a broker that is empty."""
    url = f"file:///{folder / 'queue'}"
    if name == "redis":
        for what in ("up", "url"):
            told = subprocess.run(  # noqa: S603 - our own script
                [engines.SERVICES, what, name],
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
        url = told.stdout.strip()
    os.environ.update(BROKER_URL=url, CACHE_URL=f"file:///{folder / 'cache'}")
    try:
        yield
    finally:
        del os.environ["BROKER_URL"], os.environ["CACHE_URL"]


def _print(found: dict[str, dict[str, float]]) -> None:
    heads = [f"{broker}, {n}" for broker in found for n in (1, 2)]
    lines = [["broker, workers", *heads], ["---"] * (len(heads) + 1)]
    for title, key, form in ROWS:
        cells = [
            form.format(numbers[key.format(n=n)])
            for numbers in found.values()
            for n in (1, 2)
        ]
        lines.append([title, *cells])
    for line in lines:
        sys.stdout.write(f"| {' | '.join(line)} |\n")
