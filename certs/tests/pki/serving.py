"""One server on loopback for the length of a `with` block."""

import asyncio
import contextlib

from certs.pki import tls
from certs.pki.demo.background import Servers, bind
from certs.pki.demo.servers import make_context, speak_tls
from certs.pki.guard import Guard
from certs.pki.tls import Target

LOOPBACK = Guard(allow_loopback=True)


@contextlib.contextmanager
def serving(handler, *, address="127.0.0.1"):
    """Yield the Target of a server that treats every connection with `handler`."""
    with bind(address, 0) as bound:
        port = bound.getsockname()[1]
        with Servers([(bound, handler)]):
            yield Target(host=address, port=port, server_name="www.example.test")


def serving_tls(identity, **options):
    return serving(speak_tls(make_context(identity, **options)))


def probe(target, *, timeout=5.0, guard=LOOPBACK):
    return asyncio.run(tls.probe(target, timeout=timeout, guard=guard))


def at(target, host):
    return Target(host=host, port=target.port, server_name=target.server_name)
