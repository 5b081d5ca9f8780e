"""Deep checks for tests: quick, of loopback, and never over their budget."""

import asyncio

from certs.pki.deep import deep
from certs.tests.pki.serving import LOOPBACK, serving


def check(target, *, timeout=5.0, budget=40, guard=LOOPBACK):
    """Return the result of a deep check, which made 40 connections at most."""
    result = asyncio.run(
        deep(target, timeout=timeout, guard=guard, pause=0, budget=budget)
    )
    assert result.connections <= 40
    return result


def check_fake(fake, **options):
    """Check a fake, which counts the connections itself and sees one at a time."""
    with serving(fake) as target:
        result = check(target, **options)
    assert result.connections == fake.connections
    assert fake.most_at_once <= 1
    return result


def names(result, version):
    return [suite.openssl_name for suite in result.suites_of(version)]
