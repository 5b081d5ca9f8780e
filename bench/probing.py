"""The table of `python -m bench probe`: this engine beside OpenSSL and a plain loop."""

import argparse
import json
import sys
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import Any

from bench import children, engines, servers
from bench.servers import Server

MEGABYTE = 1_000_000
# What is promised: docs/scaling.md.
WHOLE, PLAIN = 0.7, 20
TIMEOUTS = 2
MEMORY, MEMORY_GROWTH = 200 * MEGABYTE, 1.3
FEW, MANY = 1000, 10_000
AT_A_TURN = 1000  # endpoints whose speed is measured at a time
BROKEN = "NOT KEPT"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be asked for."""
    parser.add_argument("--endpoints", type=int, default=5000, help="in a round (5000)")
    parser.add_argument(
        "--seconds", type=int, default=5, help="of openssl s_time for each key (5)"
    )


def measure(options: argparse.Namespace) -> int:
    """Print the tables, each as it is done; 1 if something promised does not hold."""
    now = datetime.now(UTC)  # noqa: TID251 - a measurement has no other clock
    failed = False
    with engines.folder() as folder:
        for key in servers.KEYS:
            _say(f"a server with a key of {key}")
            with servers.running(key, now=now, folder=folder) as server:
                failed |= _print(_speeds(server, options, folder=folder))
                if key == servers.KEYS[0]:
                    failed |= _print(_rounds(server, options, folder=folder))
    return int(failed)


def _speeds(
    server: Server, options: argparse.Namespace, *, folder: Path
) -> list[tuple[str, str, str]]:
    found = _child(
        "speed",
        server,
        AT_A_TURN,
        f"--seconds={options.seconds}",
        folder=folder,
    )
    limit = found["s_time"]

    def row(name: str, key: str) -> tuple[str, str, str]:
        return name, f"{found[key]:,.0f}", f"{found[key] / limit:.0%}"

    share, times = found["again"] / limit, found["again"] / found["plain"]
    return [
        (f"{server.kind}, {server.key}", "by CPU second", "of s_time"),
        row("openssl s_time -new", "s_time"),
        row("a bare handshake, one context", "bare"),
        row("handshakes alone", "handshakes"),
        row("whole check, first round", "first"),
        row("whole check, nothing new", "again"),
        row("a plain loop", "plain"),
        ("SQL statements by endpoint, nothing new", f"{found['statements']:.3f}", ""),
        _promise("new rows where nothing is new", found["new_rows"], at_most=0),
        _promise("whole check, of s_time", share, at_least=WHOLE),
        _promise("whole check, times the plain loop", times, at_least=PLAIN),
    ]


def _rounds(
    server: Server, options: argparse.Namespace, *, folder: Path
) -> list[tuple[str, str, str]]:
    live = _child("round", server, options.endpoints * 19 // 20, folder=folder)
    with servers.silent() as port:
        dead = f"--silent-port={port}"
        mixed = _child("round", server, options.endpoints, dead, folder=folder)
    few = _child("round", server, FEW, folder=folder)
    many = _child("round", server, MANY, folder=folder)
    more = (mixed["seconds"] - live["seconds"]) / mixed["timeout"]
    growth = many["bytes"] / few["bytes"]
    return [
        ("one round", "by the clock", ""),
        (f"{options.endpoints * 19 // 20:,} live", f"{live['seconds']:.1f} s", ""),
        (
            f"and {mixed['down']:,.0f} that never answer",
            f"{mixed['seconds']:.1f} s",
            "",
        ),
        _promise("more, in timeouts", more, at_most=TIMEOUTS),
        _promise(
            f"MB of memory at {MANY:,}",
            many["bytes"] / MEGABYTE,
            at_most=MEMORY / MEGABYTE,
        ),
        _promise(f"times that of {FEW:,}", growth, at_most=MEMORY_GROWTH),
    ]


def _promise(
    name: str, number: float, *, at_least: float = -inf, at_most: float = inf
) -> tuple[str, str, str]:
    bound = f"at most {at_most:g}" if at_most < inf else f"at least {at_least:g}"
    kept = at_least <= number <= at_most
    return name, f"{number:.2f}", f"{bound}: {'kept' if kept else BROKEN}"


def _print(rows: list[tuple[str, str, str]]) -> bool:
    """Print a table; returns whether a promise is broken."""
    head, *body = rows
    lines = [head, ("---", "---", "---"), *body]
    for line in lines:
        sys.stdout.write(f"| {' | '.join(line)} |\n")
    sys.stdout.write("\n")
    sys.stdout.flush()
    return any(BROKEN in row[-1] for row in body)


def _child(what: str, server: Server, endpoints: int, *more: str, folder: Path) -> Any:
    """Return what a process of its own measured, on an empty database."""
    _say(f"{what}, {endpoints:,} endpoints")
    with engines.empty("sqlite") as url:
        text = children.answer(
            "bench.probe",
            what,
            str(server.port),
            str(endpoints),
            str(server.root),
            *more,
            url=url,
            static=folder,
        )
    return json.loads(text)


def _say(what: str) -> None:
    sys.stderr.write(f"bench: {what}\n")
