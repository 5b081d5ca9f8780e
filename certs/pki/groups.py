"""The groups in which keys are exchanged (IANA's TLS Supported Groups)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One named group; `bits` is the size of an RSA key that is as hard to break.

    By NIST SP 800-57 part 1, table 2. Hybrids count as their classical half.
    """

    number: int
    name: str
    bits: int
    is_post_quantum: bool = False


_POST_QUANTUM = (
    (0x11EC, "X25519MLKEM768", 3072),
    (0x11EB, "SecP256r1MLKEM768", 3072),
    (0x11ED, "SecP384r1MLKEM1024", 7680),
    (0x0201, "MLKEM768", 7680),
    (0x0202, "MLKEM1024", 15360),
    (0x0200, "MLKEM512", 3072),
    (0x6399, "X25519Kyber768Draft00", 3072),
)
_CURVES = (
    (29, "x25519", 3072),
    (23, "secp256r1", 3072),
    (24, "secp384r1", 7680),
    (25, "secp521r1", 15360),
    (30, "x448", 7680),
)
_BRAINPOOL_TLS13 = (
    (31, "brainpoolP256r1tls13", 3072),
    (32, "brainpoolP384r1tls13", 7680),
    (33, "brainpoolP512r1tls13", 15360),
)
# RFC 8422 took these out of use, but servers of before 2018 have them.
_OLD_CURVES = (
    (26, "brainpoolP256r1", 3072),
    (27, "brainpoolP384r1", 7680),
    (28, "brainpoolP512r1", 15360),
    (22, "secp256k1", 3072),
    (21, "secp224r1", 2048),
    (20, "secp224k1", 2048),
    (19, "secp192r1", 1536),
    (18, "secp192k1", 1536),
    (17, "secp160r2", 1024),
    (16, "secp160r1", 1024),
    (15, "secp160k1", 1024),
    (14, "sect571r1", 15360),
    (13, "sect571k1", 15360),
    (12, "sect409r1", 7680),
    (11, "sect409k1", 7680),
    (10, "sect283r1", 3072),
    (9, "sect283k1", 3072),
    (8, "sect239k1", 2048),
    (7, "sect233r1", 2048),
    (6, "sect233k1", 2048),
    (5, "sect193r2", 1536),
    (4, "sect193r1", 1536),
    (3, "sect163r2", 1024),
    (2, "sect163r1", 1024),
    (1, "sect163k1", 1024),
)

# TLS 1.3 is asked for these. The finite fields of RFC 7919 are not among them: none is
# below 2048 bits, so that they decide nothing, and each would cost a connection.
TLS13_GROUPS = tuple(
    Group(number=number, name=name, bits=bits, is_post_quantum=True)
    for number, name, bits in _POST_QUANTUM
) + tuple(
    Group(number=number, name=name, bits=bits)
    for number, name, bits in _CURVES + _BRAINPOOL_TLS13
)
# Up to TLS 1.2. A client that lists finite fields here gets one of them (RFC 7919
# section 4), and would not see the prime that a server gives to others.
CURVES = tuple(
    Group(number=number, name=name, bits=bits)
    for number, name, bits in _CURVES + _OLD_CURVES
)

# Known by name alone: seen in a handshake, never asked for.
_SEEN = {
    34: "GC256A",
    35: "GC256B",
    36: "GC256C",
    37: "GC256D",
    38: "GC512A",
    39: "GC512B",
    40: "GC512C",
    41: "curveSM2",
    256: "ffdhe2048",
    257: "ffdhe3072",
    258: "ffdhe4096",
    259: "ffdhe6144",
    260: "ffdhe8192",
    0x11EE: "curveSM2MLKEM768",
    0x639A: "SecP256r1Kyber768Draft00",
}

BY_NUMBER = {group.number: group for group in CURVES + TLS13_GROUPS}
BY_NAME = {group.name: group for group in BY_NUMBER.values()}


def group_name(number: int) -> str:
    """Return the name of a group, `group 0x2a2a` for a number without one."""
    if number in BY_NUMBER:
        return BY_NUMBER[number].name
    return _SEEN.get(number, f"group {number:#06x}")
