"""A server that answers hellos byte by byte, as the RFCs say, and nothing more.

It speaks what no library of today does: SSL 2.0 and 3.0, RC4, compression, hybrids.
"""

import asyncio
from dataclasses import dataclass, field

from certs.pki.suites import TLS10, TLS11, TLS12, TLS13, find

RETRY = bytes.fromhex(
    "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
)
HANDSHAKE_FAILURE, PROTOCOL_VERSION = 40, 70


def record(kind, body, *, version=TLS10):
    return bytes((kind,)) + version.to_bytes(2, "big") + vector(2, body)


def message(kind, body):
    return bytes((kind,)) + vector(3, body)


def vector(width, body):
    return len(body).to_bytes(width, "big") + body


def alert(number, *, level=2):
    return record(21, bytes((level, number)))


def extension(kind, body):
    return kind.to_bytes(2, "big") + vector(2, body)


def server_hello(version, suite, *, extensions=b"", compression=0, random=b"\x07" * 32):
    body = version.to_bytes(2, "big") + random + b"\x00"
    body += suite.to_bytes(2, "big") + bytes((compression,))
    if extensions:
        body += vector(2, extensions)
    return message(2, body)


def named(name):
    """Return the suite with this name, which the test has spelt rightly."""
    suite = find(name)
    assert suite is not None
    return suite


@dataclass
class ClientHello:
    """What a client offers, read independently of what writes it."""

    version: int
    suites: list[int]
    compressions: bytes
    extensions: dict[int, bytes]
    length: int

    @property
    def groups(self):
        data = self.extensions.get(10, b"\x00\x00")[2:]
        return [int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2)]

    @property
    def server_name(self):
        return self.extensions.get(0, b"\x00" * 5)[5:].decode()


def read_client_hello(data):
    """Parse a record with a ClientHello (RFC 8446 section 4.1.2), all of it."""
    assert data[0] == 22
    assert int.from_bytes(data[3:5], "big") == len(data) - 5
    assert data[5] == 1
    assert int.from_bytes(data[6:9], "big") == len(data) - 9
    version = int.from_bytes(data[9:11], "big")
    place = 43
    place += 1 + data[place]
    length = int.from_bytes(data[place : place + 2], "big")
    numbers = data[place + 2 : place + 2 + length]
    place += 2 + length
    compressions = data[place + 1 : place + 1 + data[place]]
    place += 1 + data[place]
    extensions = {}
    if place < len(data):
        assert int.from_bytes(data[place : place + 2], "big") == len(data) - place - 2
        place += 2
    while place < len(data):
        kind = int.from_bytes(data[place : place + 2], "big")
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        extensions[kind] = data[place + 4 : place + 4 + length]
        place += 4 + length
    assert place == len(data)
    return ClientHello(
        version=TLS13 if 43 in extensions else version,
        suites=[
            int.from_bytes(numbers[i : i + 2], "big") for i in range(0, len(numbers), 2)
        ],
        compressions=compressions,
        extensions=extensions,
        length=len(data) - 5,
    )


@dataclass
class Fake:
    """What the server knows: its suites by version (OpenSSL's names) and the rest."""

    suites: dict[int, list[str]]
    groups: list[int] = field(default_factory=lambda: [29])
    has_own_order: bool = True
    dh_bits: int = 2048
    has_ssl2: bool = False
    compresses: bool = False
    is_secure: bool = True
    beats: bool = False
    refusal: bytes | None = None
    most_suites: int = 1000
    hellos: list[ClientHello] = field(default_factory=list)
    connections: int = 0
    at_once: int = 0
    most_at_once: int = 0

    async def __call__(self, connection):
        """Answer one hello, whatever it is, and wait for the client to hang up."""
        self.connections += 1
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        loop = asyncio.get_running_loop()
        data = await loop.sock_recv(connection, 65536)
        if data:
            await loop.sock_sendall(connection, self.answer(data))
        # The client hangs up and comes back before this task is told of the first.
        self.at_once -= 1
        await loop.sock_recv(connection, 65536)

    def answer(self, data):
        if data[0] & 0x80:
            return self.answer_ssl2(data)
        hello = read_client_hello(data)
        self.hellos.append(hello)
        return self.answer_hello(hello)

    def answer_hello(self, hello):
        if len(hello.suites) > self.most_suites:
            return alert(HANDSHAKE_FAILURE)
        version = self.version_for(hello)
        if version is None:
            return self.refusal or alert(PROTOCOL_VERSION)
        suite = self.suite_for(version, hello)
        group = next((each for each in self.groups if each in hello.groups), None)
        if suite is None or (version == TLS13 and group is None):
            return self.refusal or alert(HANDSHAKE_FAILURE)
        if version == TLS13 and group is not None:
            extensions = extension(43, b"\x03\x04") + extension(51, group.to_bytes(2))
            body = server_hello(
                TLS12, suite.number, extensions=extensions, random=RETRY
            )
            return record(22, body, version=TLS12)
        return self.first_flight(version, suite, hello, group)

    def version_for(self, hello):
        if hello.version == TLS13:
            return TLS13 if TLS13 in self.suites else None
        known = [v for v in self.suites if v <= hello.version and v != TLS13]
        return max(known, default=None)

    def suite_for(self, version, hello):
        """The first suite by whoever's order; elliptic curves need one in common."""
        own = [named(name) for name in self.suites[version]]
        if not set(self.groups) & set(hello.groups):
            own = [suite for suite in own if suite.key_exchange != "ECDHE"]
        if self.has_own_order:
            return next((suite for suite in own if suite.number in hello.suites), None)
        by_number = {suite.number: suite for suite in own}
        return next((by_number[n] for n in hello.suites if n in by_number), None)

    def first_flight(self, version, suite, hello, group):
        extensions = extension(0xFF01, b"\x00") if self.is_secure else b""
        if self.beats and 15 in hello.extensions:
            extensions += extension(15, b"\x01")
        compression = int(self.compresses and 1 in hello.compressions)
        flight = server_hello(
            version, suite.number, extensions=extensions, compression=compression
        )
        flight += message(11, vector(3, vector(3, b"\x30" * 900)))
        if suite.key_exchange == "ECDHE":
            flight += message(12, b"\x03" + group.to_bytes(2) + vector(1, b"\x04" * 65))
        elif suite.key_exchange == "DHE":
            prime = (1 << self.dh_bits) - 1
            prime_bytes = prime.to_bytes(self.dh_bits // 8, "big")
            flight += message(12, vector(2, prime_bytes) + vector(2, b"\x02"))
        return record(22, flight + message(14, b""), version=version)

    def answer_ssl2(self, data):
        if not self.has_ssl2:
            return alert(HANDSHAKE_FAILURE)
        body = b"\x04\x00\x01\x00\x02" + b"\x00\x03\x00\x03\x00\x10" + b"\x30" * 22
        return (0x8000 | len(body)).to_bytes(2, "big") + body


MODERN = {
    TLS13: [
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_AES_128_GCM_SHA256",
    ],
    TLS12: ["ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256"],
}
OLD = ["ECDHE-RSA-AES128-SHA", "AES128-SHA", "DES-CBC3-SHA"]
OLD_VERSIONS = (TLS10, TLS11)
