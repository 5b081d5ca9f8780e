"""Which questions are asked, and which are not."""

import asyncio
from dataclasses import replace

import pytest

from certs.pki.demo.servers import make_context, speak_tls
from certs.pki.starttls import StartTLS
from certs.tests.pki.building import make_wish
from certs.tests.pki.deep.asking import check
from certs.tests.pki.serving import serving
from certs.tests.pki.starttls.conversations import YES, play


@pytest.fixture
def web(authority):
    """A handler of a real TLS server that answers GET and HEAD."""
    return speak_tls(make_context(authority.issue(make_wish())))


def counting(handler):
    """Return `handler`, and a list with an item for each connection."""
    connections = []

    async def count(connection):
        connections.append(1)
        await handler(connection)

    return count, connections


def test_a_web_server_is_asked_for_its_policy(web):
    with serving(web) as target:
        result = check(target)

    assert result.speaks_http
    assert result.hsts_max_age is None


@pytest.mark.parametrize("protocol", [*YES])
def test_who_is_asked_for_starttls_is_not_asked_for_a_policy(protocol, web):
    """No HTTP is spoken behind STARTTLS, whatever the port: one question less."""
    behind, asked = counting(play(*YES[protocol], then=web))
    bare, asked_bare = counting(web)

    with serving(behind) as target:
        result = check(replace(target, starttls=protocol))
    with serving(bare) as target:
        check(replace(target, starttls=StartTLS.NONE))

    assert result.versions == ("TLSv1.3", "TLSv1.2")
    assert (result.speaks_http, result.hsts_max_age) == (None, None)
    assert len(asked) == len(asked_bare) - 1


def test_a_server_that_agrees_to_nothing_is_not_asked_for_a_policy():
    heard = []

    async def refuse(connection):
        loop = asyncio.get_running_loop()
        heard.append(await loop.sock_recv(connection, 65536))
        await loop.sock_sendall(connection, bytes((21, 3, 3, 0, 2, 2, 40)))

    with serving(refuse) as target:
        result = check(target)

    assert result.error_code == "alert_40"
    assert result.speaks_http is None
    # A TLS record (22) or the first bit of SSL 2.0, and no GET.
    assert {data[0] == 22 or data[0] >= 0x80 for data in heard} == {True}
