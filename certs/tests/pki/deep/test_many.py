"""Several deep checks at a time: in their order, and not too many at once."""

import asyncio
import contextlib

from certs.pki.deep import deep_all
from certs.pki.demo.background import Servers, bind
from certs.pki.guard import Guard
from certs.pki.suites import TLS12
from certs.pki.target import Target
from certs.tests.pki.deep.asking import names
from certs.tests.pki.deep.fake import MODERN, Fake
from certs.tests.pki.serving import LOOPBACK, serving

CIPHERS = ["AES128-SHA", "AES256-SHA", "ECDHE-RSA-AES128-SHA"]


@contextlib.contextmanager
def fakes_at(fakes):
    """Yield a target for each of the fakes."""
    with contextlib.ExitStack() as stack:
        bound = [stack.enter_context(bind("127.0.0.1", 0)) for _ in fakes]
        stack.enter_context(Servers(zip(bound, fakes, strict=True)))
        yield [Target(host="127.0.0.1", port=b.getsockname()[1]) for b in bound]


def test_results_are_in_the_order_of_the_targets():
    fakes = [Fake(suites={TLS12: [cipher]}) for cipher in CIPHERS]

    with fakes_at(fakes) as targets:
        results = deep_all(targets, timeout=5, guard=LOOPBACK)

    assert [names(each, "TLSv1.2") for each in results] == [[c] for c in CIPHERS]
    assert [each.port for each in results] == [each.port for each in targets]
    assert all(each.is_complete for each in results)


def test_a_failure_is_a_result_and_harms_no_other():
    with serving(Fake(suites=MODERN)) as target, bind("127.0.0.1", 0) as closed:
        nobody = Target(host="127.0.0.1", port=closed.getsockname()[1])

        first, second = deep_all([nobody, target], timeout=5, guard=LOOPBACK)

    assert first.error_code == "refused"
    assert second.is_complete


def test_so_many_are_asked_at_once_and_no_more():
    state = {"now": 0, "most": 0}

    class Counted(Fake):
        async def __call__(self, connection):
            state["now"] += 1
            state["most"] = max(state.values())
            await asyncio.sleep(0.05)
            state["now"] -= 1
            await super().__call__(connection)

    with fakes_at([Counted(suites=MODERN) for _ in range(4)]) as targets:
        deep_all(targets, timeout=5, guard=LOOPBACK, at_once=2)

    assert state["most"] == 2


def test_nobody_is_asked_where_the_guard_says_no():
    fake = Fake(suites=MODERN)

    with serving(fake) as target:
        (result,) = deep_all([target], timeout=5, guard=Guard())

    assert (result.error_code, fake.connections) == ("not_allowed", 0)


def test_nothing_to_ask_is_nothing_to_tell():
    assert deep_all([], timeout=5, guard=LOOPBACK) == []
