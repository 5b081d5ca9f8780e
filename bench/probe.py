"""How many endpoints a second of processor time checks, beside OpenSSL itself.

A process of its own, which `python -m bench probe` starts, so that its processor time
and memory are those of the checks. Prints one JSON object.
"""

import argparse
import json
import os
import resource
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - after setup()
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.servers import HOST  # noqa: E402
from certs.models import Certificate, Endpoint, Observation, TrustStore  # noqa: E402
from certs.pki import tls  # noqa: E402
from certs.pki.x509 import parse_certificates  # noqa: E402
from certs.services import patience, probing, search, trust, watch  # noqa: E402
from project import collector  # noqa: E402

SUBNETS, ADDRESSES = 50, 250  # of 127.0.0.0/8, as an estate has many networks
DEAD = 20  # one endpoint in so many never answers
AT_ONCE = 500  # endpoints that are added together
TURNS = 10
PLAIN = 50  # hosts of the plain loop in a turn
BARE = 500  # handshakes with nothing around them
TIMEOUT = 5.0  # seconds


def main(arguments: list[str]) -> int:
    """Measure what was asked for and print it."""
    parser = argparse.ArgumentParser(prog="python -m bench.probe", description=__doc__)
    parser.add_argument("what", choices=["speed", "round"])
    parser.add_argument("port", type=int)
    parser.add_argument("endpoints", type=int)
    parser.add_argument("root", type=Path)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--silent-port", type=int, default=0)
    options = parser.parse_args(arguments)
    call_command("migrate", verbosity=0)
    collector.settle()  # as a worker that is ready
    store = TrustStore.objects.create(name="Bench")
    root = parse_certificates(options.root.read_bytes())
    trust.add_roots(store, root, user=None, now=timezone.now())
    if options.what == "speed":
        found = _speed(
            options.port, options.endpoints, options.root, seconds=options.seconds
        )
    else:
        found = _round(options.port, options.endpoints, options.silent_port)
    sys.stdout.write(json.dumps(found))
    return 0


def _speed(port: int, endpoints: int, root: Path, *, seconds: int) -> dict[str, float]:
    """Return connections per second of processor time, each way."""
    _fill(port, endpoints)
    targets = [row.target for row in _stored()]
    found = {"s_time": _s_time(port, seconds=seconds)}
    found["first"] = endpoints / _cpu(lambda: _check(_stored()))
    before = Certificate.objects.count(), Observation.objects.count()
    statements = _Statements()
    with connection.execute_wrapper(statements):
        found |= _by_turns(
            {
                "plain": (PLAIN, lambda: _plain(port, root)),
                "bare": (BARE, lambda: _bare(port)),
                "handshakes": (endpoints, lambda: _probe(targets)),
                "again": (endpoints, lambda: _check(_stored())),
            }
        )
    after = Certificate.objects.count(), Observation.objects.count()
    found["new_rows"] = sum(after) - sum(before)
    found["statements"] = statements.number / endpoints / TURNS
    return found


def _by_turns(
    ways: Mapping[str, tuple[int, Callable[[], object]]],
) -> dict[str, float]:
    """Return how many each way does by second of processor time.

    They take turns of a second or two: no machine is equally fast at all times.
    """
    seconds = dict.fromkeys(ways, 0.0)
    for _ in range(TURNS):
        for name, (_number, do) in ways.items():
            seconds[name] += _cpu(do)
    return {name: TURNS * ways[name][0] / seconds[name] for name in ways}


def _round(port: int, endpoints: int, silent_port: int) -> dict[str, float]:
    """Return how long one round takes by the clock, and the memory it took.

    With a silent port, one endpoint in 20 is there.
    """
    _fill(port, endpoints, silent_port=silent_port)
    begun = time.perf_counter()
    _check(_stored())
    took = time.perf_counter() - begun
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    down = Endpoint.objects.filter(status="down").count()
    return {
        "seconds": took,
        "timeout": TIMEOUT,
        "bytes": 1024 * kilobytes,
        "down": down,
    }


class _Statements:
    """Counts statements as they run: Django's own list of them costs time."""

    number = 0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.number += 1
        return execute(*arguments)


def _fill(port: int, number: int, *, silent_port: int = 0) -> None:
    """Add endpoints, few at a time: the memory that is measured is that of checks."""
    for start in range(0, number, AT_ONCE):
        rows = [
            Endpoint(
                host=f"127.0.{1 + i % SUBNETS}.{1 + i // SUBNETS % ADDRESSES}",
                port=silent_port if silent_port and i % DEAD == 0 else port,
                server_name=f"host{i}.{HOST}",
            )
            for i in range(start, min(start + AT_ONCE, number))
        ]
        Endpoint.objects.bulk_create(rows)
        search.add_endpoints(rows)


def _stored() -> Iterable[Endpoint]:
    return patience.read(Endpoint.objects.places())


def _check(rows: Iterable[Endpoint]) -> None:
    probe = probing.default_probe(timeout=TIMEOUT)
    for _ in watch.observe(rows, now=timezone.now(), probe=probe):
        pass


def _probe(targets: list[tls.Target]) -> None:
    tls.probe_all(
        targets,
        timeout=TIMEOUT,
        guard=settings.CHECK_GUARD,
        concurrency=settings.CHECK_CONCURRENCY,
    )


def _plain(port: int, root: Path) -> None:
    """Do what many tools do: a context, a connection and a handshake for each host.

    The context is the default one, which verifies, and knows the server's root too.
    """
    for i in range(PLAIN):
        context = ssl.create_default_context()
        context.load_verify_locations(root)
        address = ("127.0.0.1", port)
        with (
            socket.create_connection(address, timeout=TIMEOUT) as plain,
            context.wrap_socket(plain, server_hostname=f"host{i}.{HOST}") as tls_,
        ):
            tls_.getpeercert(binary_form=True)


def _bare(port: int) -> None:
    """Shake hands with one context and do nothing else: what Python cannot go below."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    address = ("127.0.0.1", port)
    for i in range(BARE):
        with (
            socket.create_connection(address, timeout=TIMEOUT) as plain,
            context.wrap_socket(plain, server_hostname=f"host{i}.{HOST}"),
        ):
            pass


def _s_time(port: int, *, seconds: int) -> float:
    """Return `openssl s_time`'s connections by its whole processor time."""
    process = subprocess.Popen(  # noqa: S603 - arguments are our own
        [
            *("openssl", "s_time", "-new", "-connect", f"127.0.0.1:{port}"),
            *("-time", str(seconds)),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None  # noqa: S101 - a pipe was asked for
    text = process.stdout.read()
    _, _, used = os.wait4(process.pid, 0)
    connections = int(text.rpartition(" connections in ")[0].split()[-1])
    return connections / (used.ru_utime + used.ru_stime)


def _cpu(do: Callable[[], object]) -> float:
    """Return the seconds of processor time, in the kernel included."""
    begun = time.process_time()
    do()
    return time.process_time() - begun


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
