"""Everything that an endpoint would agree to, in at most 40 small questions."""

from collections.abc import Iterator

from certs.pki.deep.asking import MOST_CONNECTIONS, Asker, SpentError
from certs.pki.deep.questions import Check
from certs.pki.deep.result import DeepResult, OfferedSuite
from certs.pki.deep.walks import Walk
from certs.pki.failures import ProbeError
from certs.pki.guard import Guard
from certs.pki.suites import TLS12, TLS13, VERSION_NAMES, usable_in
from certs.pki.target import Target
from certs.pki.tls import DEFAULT_TIMEOUT

DEFAULT_PAUSE = 0.05

_ANYWHERE_BUT_HERE = Guard()


async def deep(
    target: Target,
    *,
    timeout: float = DEFAULT_TIMEOUT,
    guard: Guard = _ANYWHERE_BUT_HERE,
    pause: float = DEFAULT_PAUSE,
    budget: int = MOST_CONNECTIONS,
) -> DeepResult:
    """Ask `target` for its protocol versions, cipher suites and groups.

    One connection after the other, `pause` seconds apart, each within `timeout`
    seconds, never more than `budget` and never more than 40. Only hellos are sent, and
    one request for HTTP headers; no weakness is tried out. A failure is a result.
    """
    asker = Asker(target, timeout=timeout, guard=guard, pause=pause, budget=budget)
    check = Check(asker, target)
    error: ProbeError | None = None
    is_complete = False
    try:
        await check.run()
        error = check.facts.refusal
        is_complete = error is None and not check.facts.has_gap
    except SpentError:
        error = check.facts.refusal
    except ProbeError as failure:
        error = failure
    return _result(check, asker, target, error=error, is_complete=is_complete)


def _result(
    check: Check,
    asker: Asker,
    target: Target,
    *,
    error: ProbeError | None,
    is_complete: bool,
) -> DeepResult:
    """Return what was found up to here."""
    facts, policy = check.facts, check.policy
    groups = [*check.modern.groups, *facts.curves]
    return DeepResult(
        host=target.host,
        port=target.port,
        server_name=target.server_name,
        address=asker.address,
        versions=tuple(VERSION_NAMES[version] for version in check.versions),
        suites=tuple(_suites(check)),
        prefers_server_order=dict(_orders(check)),
        groups=tuple(dict.fromkeys(group.name for group in groups)),
        dh_bits=facts.dh_bits,
        secure_renegotiation=facts.secure_renegotiation,
        compression=facts.compression,
        heartbeat=facts.heartbeat,
        speaks_http=policy.speaks_http if policy else None,
        hsts_max_age=policy.max_age if policy else None,
        is_tls13_known=check.is_tls13_known,
        connections=asker.connections,
        is_complete=is_complete,
        error_code=error.code if error else "",
        error_text=error.text if error else "",
    )


def _walks(check: Check) -> dict[int, Walk]:
    """Return what found the suites of each version, the newest first."""
    walks: dict[int, Walk]
    walks = {TLS13: check.modern, TLS12: check.tls12, **check.old}
    return {each: walks[each] for each in check.versions if each in walks}


def _suites(check: Check) -> Iterator[OfferedSuite]:
    """Yield the suites by version.

    In the server's order, if it has one or may have one; else the strongest first.
    """
    for version, walk in _walks(check).items():
        name = VERSION_NAMES[version]
        found = [*walk.found, *(check.weak if version == TLS12 else ())]
        if walk.prefers_server_order is False:
            found.sort(key=usable_in(version).index, reverse=True)
        for suite in dict.fromkeys(found):
            yield OfferedSuite.of(suite, version=name)
        for suite in reversed(walk.inferred):
            yield OfferedSuite.of(suite, version=name, is_inferred=True)


def _orders(check: Check) -> Iterator[tuple[str, bool]]:
    """Yield the versions of which it is known whose order counts."""
    for version, walk in _walks(check).items():
        order = walk.prefers_server_order
        if order is not None:
            yield VERSION_NAMES[version], order
