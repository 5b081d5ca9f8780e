"""From a host to a connected socket, past the guard."""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from ipaddress import ip_address

from certs.pki.failures import ProbeError, from_os_error
from certs.pki.guard import Guard, IPAddress

_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}


async def resolve(host: str) -> list[IPAddress]:
    """Return the addresses of `host` in the resolver's order, each once.

    An IP literal is its own address. Raises ProbeError.
    """
    try:
        return [ip_address(host)]
    except ValueError:
        loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, ValueError):  # ValueError: a name that DNS cannot carry
        found = []
    if not found:
        raise ProbeError("not_resolved", f"{host} has no address in DNS.")
    return [
        ip_address(text) for text in dict.fromkeys(str(each[4][0]) for each in found)
    ]


def admitted(addresses: Sequence[IPAddress], *, guard: Guard) -> list[IPAddress]:
    """Return the addresses that `guard` lets through, or raise ProbeError if none."""
    refusals = {address: guard.refusal(address) for address in addresses}
    allowed = [address for address in addresses if refusals[address] is None]
    if not allowed:
        reasons = " ".join(reason for reason in refusals.values() if reason)
        raise ProbeError("not_allowed", reasons)
    return allowed


async def connect(
    addresses: Sequence[IPAddress], *, port: int, deadline: float
) -> tuple[socket.socket, IPAddress, float]:
    """Connect to the first address that answers.

    Returns the socket, its address and when connecting to it began. Each address gets
    an equal share of the time to `deadline`, so that a dead one leaves time for the
    next; both times are the loop's. Raises the ProbeError of the last address.
    """
    loop = asyncio.get_running_loop()
    failure = ProbeError("not_resolved", "The name has no address.")
    for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
        began = loop.time()
        try:
            async with asyncio.timeout((deadline - began) / left):
                return await _connect(address, port=port), address, began
        except TimeoutError:
            text = f"{address} port {port} did not accept a connection in time."
            failure = ProbeError("timeout", text)
        except OSError as error:
            failure = from_os_error(error, where=f"{address} port {port}")
    raise failure


async def _connect(address: IPAddress, *, port: int) -> socket.socket:
    """Return a connected, non-blocking socket; it is closed when that fails."""
    family = _FAMILIES[address.version]
    with ExitStack() as stack:
        connection = stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
        connection.settimeout(0)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(connection, (str(address), port))
        stack.pop_all()
    return connection
