"""From an address to a socket, on both event loops."""

import errno
import socket
import subprocess
import sys
from ipaddress import ip_address

import pytest

from certs.pki.connect import connect
from certs.pki.failures import ProbeError
from certs.tests.pki.loops import LOOPS, run_on

# In a process of its own: threads of a loop stay for the next that wants them.
COUNT_THREADS = """
import asyncio, os, socket
from ipaddress import ip_address
import uvloop
from certs.pki.connect import connect
with socket.create_server(("127.0.0.1", 0)) as server:
    at = connect(ip_address("127.0.0.1"), port=server.getsockname()[1], seconds=5)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(at).close()
        print(len(os.listdir("/proc/self/task")))
"""


@pytest.fixture(params=["127.0.0.1", "::1"])
def server(request):
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    try:
        listening = socket.create_server((request.param, 0), family=family)
    except OSError as error:
        if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
            raise
        # As many containers: no address there could stand in.
        pytest.skip("the machine has no IPv6")
    with listening:
        yield listening


@pytest.mark.parametrize("new_event_loop", LOOPS)
def test_a_connection_is_a_socket_that_never_waits(server, new_event_loop):
    address, port = server.getsockname()[:2]

    with run_on(
        new_event_loop, connect(ip_address(address), port=port, seconds=5)
    ) as connection:
        assert connection.getpeername()[:2] == (address, port)
        assert connection.gettimeout() == 0


@pytest.mark.parametrize("new_event_loop", LOOPS)
def test_where_nobody_listens_is_said_with_address_and_port(new_event_loop):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    address = ip_address("127.0.0.1")

    with pytest.raises(ProbeError) as caught:
        run_on(new_event_loop, connect(address, port=port, seconds=5))

    assert caught.value.code == "refused"
    assert caught.value.text == f"127.0.0.1 port {port} refused the connection."


@pytest.mark.parametrize("new_event_loop", LOOPS)
def test_who_does_not_accept_in_time_is_told_apart(new_event_loop):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address, port = full.getsockname()
        with socket.create_connection((address, port)):  # the queue has room for it
            late = connect(ip_address(address), port=port, seconds=0.2)
            with pytest.raises(ProbeError) as caught:
                run_on(new_event_loop, late)

    assert caught.value.code == "timeout"
    assert "did not accept a connection in time" in caught.value.text


def test_no_address_is_looked_up_in_a_thread():
    told = subprocess.run(
        [sys.executable, "-c", COUNT_THREADS],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert told.stdout == "1\n"
