"""What is asked of a probe, and what it answers."""

from dataclasses import dataclass
from ipaddress import ip_address

from certs.pki.addresses import MAX_PORT, MIN_PORT
from certs.pki.starttls import StartTLS

MAX_NODES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What to probe: the host to connect to, and the name to ask it for.

    `host` is an ASCII name or an IP literal. `server_name` is sent as SNI (RFC 6066
    section 3) and empty when it is the host; an IP literal is never sent. `addresses`
    are IP literals to connect to instead of what the host resolves to. With
    `every_node` each address is probed, up to `MAX_NODES`, or else they are tried in
    order until one answers. Raises ValueError for a port that does not exist and for
    an address that is none.
    """

    host: str
    port: int
    server_name: str = ""
    starttls: StartTLS = StartTLS.NONE
    addresses: tuple[str, ...] = ()
    every_node: bool = False

    def __post_init__(self) -> None:
        if not MIN_PORT <= self.port <= MAX_PORT:
            raise ValueError(f"A port is from {MIN_PORT} to {MAX_PORT}.")
        for address in self.addresses:
            ip_address(address)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeResult:
    """What one probe showed; every field that it did not get to is empty.

    `target` is the one that was asked for. `address` is the one that was reached; of
    a target with `every_node` it tells which node this is, reached or not, and is empty
    only where no node is known. `chain` is DER as served, leaf first; `key_exchange`
    the group as IANA names it ("x25519"), "DHE 2048 bits" or "RSA"; `latency_ms` the
    milliseconds from the start of connecting to the end of the handshake; `nodes` how
    many results there are of this target, this one included. A failure
    has a stable `error_code` and a sentence, `error_text`: see `certs.pki.failures`. A
    failed handshake may have shown a chain all the same.
    """

    target: Target
    address: str
    chain: tuple[bytes, ...]
    tls_version: str
    cipher: str
    latency_ms: int | None
    key_exchange: str = ""
    nodes: int = 1
    error_code: str = ""
    error_text: str = ""
