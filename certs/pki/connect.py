"""From an address to a connected socket, past the guard."""

import asyncio
import os
import socket
from collections.abc import Sequence
from contextlib import ExitStack

from certs.pki.failures import ProbeError, from_os_error
from certs.pki.guard import Guard, IPAddress

_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}


def admitted(addresses: Sequence[IPAddress], *, guard: Guard) -> list[IPAddress]:
    """Return the addresses that `guard` lets through, or raise ProbeError if none."""
    refusals = {address: guard.refusal(address) for address in addresses}
    allowed = [address for address in addresses if refusals[address] is None]
    if not allowed:
        reasons = " ".join(reason for reason in refusals.values() if reason)
        raise ProbeError("not_allowed", reasons)
    return allowed


async def connect(address: IPAddress, *, port: int, seconds: float) -> socket.socket:
    """Return a connected, non-blocking socket, or raise ProbeError after `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            return await _connect(address, port=port)
    except TimeoutError as error:
        text = f"{address} port {port} did not accept a connection in time."
        raise ProbeError("timeout", text) from error
    except OSError as error:
        raise from_os_error(error, where=f"{address} port {port}") from error


async def _connect(address: IPAddress, *, port: int) -> socket.socket:
    """Return a connected, non-blocking socket; it is closed when that fails.

    Not by the loop's own sock_connect: uvloop's looks every address up once more, each
    in a thread.
    """
    family = _FAMILIES[address.version]
    with ExitStack() as stack:
        connection = stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
        connection.settimeout(0)
        try:
            connection.connect((str(address), port))
        except BlockingIOError:
            await _connected(connection)
        stack.pop_all()
    return connection


async def _connected(connection: socket.socket) -> None:
    """Wait for a connection that is being made, or raise the OSError it ends with."""
    loop, is_done = asyncio.get_running_loop(), asyncio.Event()
    loop.add_writer(connection, is_done.set)
    try:
        await is_done.wait()
    finally:
        loop.remove_writer(connection)
    if code := connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        raise OSError(code, os.strerror(code))
