"""Asks the network about endpoints, and gathers what all nodes of each have shown."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from django.conf import settings

from certs.models import Endpoint
from certs.pki.stream import probe_stream
from certs.pki.target import ProbeResult, Target
from certs.services import sights
from certs.services.sights import Sight

# Results come in any order, those of one target `nodes` in number.
Probe = Callable[[Iterable[Target]], Iterable[ProbeResult]]


def default_probe(*, timeout: float | None = None) -> Probe:
    """Handshakes over the network, as the settings bound them; `timeout` in seconds."""
    return partial(
        probe_stream,
        timeout=timeout or settings.CHECK_TIMEOUT,
        guard=settings.CHECK_GUARD,
        concurrency=settings.CHECK_CONCURRENCY,
    )


def shown(
    endpoints: Iterable[Endpoint], *, probe: Probe
) -> Iterator[tuple[Endpoint, list[Sight]]]:
    """Yield each endpoint with what its nodes showed, as soon as all of them have.

    Endpoints that are one place share a probe. They are read as probes have room.
    """
    asking: dict[Target, list[Endpoint]] = {}
    seen: dict[Target, list[Sight]] = {}

    def targets() -> Iterator[Target]:
        for endpoint in endpoints:
            target = endpoint.target
            if target in asking:
                asking[target].append(endpoint)
            else:
                asking[target] = [endpoint]
                yield target

    for result in probe(targets()):
        here = seen.setdefault(result.target, [])
        here.append(sights.sight(result))
        if len(here) == result.nodes:
            del seen[result.target]
            here.sort(key=lambda each: each.result.address)
            for endpoint in asking.pop(result.target):
                yield endpoint, here
