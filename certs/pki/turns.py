"""Few at a time to one neighbourhood: who may connect now, and who waits."""

from collections import Counter, defaultdict, deque
from typing import Generic, TypeVar

from certs.pki.guard import IPAddress

_IPV4_OCTETS, _IPV6_OCTETS = 3, 8  # /24 and /64

Item = TypeVar("Item")


def subnet(address: IPAddress) -> bytes:
    """Return what all addresses of the same /24 (IPv4) or /64 (IPv6) have in common."""
    if address.version == 4:  # noqa: PLR2004 - the protocol's number
        return address.packed[:_IPV4_OCTETS]
    if address.ipv4_mapped:  # the kernel connects to the IPv4 address itself
        return address.ipv4_mapped.packed[:_IPV4_OCTETS]
    return address.packed[:_IPV6_OCTETS]


class Turns(Generic[Item]):
    """Gives each item its turn, at most `per_subnet` to a subnet at once."""

    def __init__(self, *, per_subnet: int) -> None:
        self.waiting = 0
        self._per_subnet = per_subnet
        self._has_turn: deque[tuple[Item, IPAddress]] = deque()
        self._queues: defaultdict[bytes, deque[tuple[Item, IPAddress]]] = defaultdict(
            deque
        )
        self._turns: Counter[bytes] = Counter()

    def enter(self, address: IPAddress) -> bool:
        """Take a turn at the subnet of `address` if one is free; tell whether."""
        where = subnet(address)
        is_free = self._turns[where] < self._per_subnet
        if is_free:
            self._turns[where] += 1
        return is_free

    def add(self, item: Item, address: IPAddress) -> None:
        """Let `item` have the next free turn at the subnet of `address`."""
        if self.enter(address):
            self._has_turn.append((item, address))
        else:
            self.waiting += 1
            self._queues[subnet(address)].append((item, address))

    def take(self) -> tuple[Item, IPAddress] | None:
        """Return what has had its turn for longest, with its address, if anything."""
        return self._has_turn.popleft() if self._has_turn else None

    def leave(self, address: IPAddress) -> None:
        """End a turn at the subnet of `address`; the next in line has it."""
        where = subnet(address)
        queue = self._queues.get(where)
        if queue:
            self.waiting -= 1
            self._has_turn.append(queue.popleft())
            return
        self._queues.pop(where, None)
        self._turns[where] -= 1
        if not self._turns[where]:
            del self._turns[where]
