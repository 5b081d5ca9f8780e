"""Servers of thirteen protocols, byte by byte, as scripts that a handler plays."""

import asyncio
import contextlib
from dataclasses import dataclass

from certs.pki.demo.servers import make_context, speak_tls
from certs.pki.starttls import StartTLS
from certs.pki.target import Target
from certs.tests.pki.serving import probe, serving

TLS = "urn:ietf:params:xml:ns:xmpp-tls"
OPEN = (
    "<?xml version='1.0'?><stream:stream to='www.example.test' version='1.0'"
    " xmlns='jabber:{}' xmlns:stream='http://etherx.jabber.org/streams'>"
)
STREAM = b"<?xml version='1.0'?>\n<stream:stream from='www.example.test' id='1'>"
FEATURES = (
    f"<stream:features><starttls xmlns='{TLS}'><required/></starttls></stream:features>"
).encode()
ASK_XMPP = f"<starttls xmlns='{TLS}'/>".encode()
PROCEED = f"<proceed xmlns='{TLS}'/>".encode()
ASK_LDAP = bytes.fromhex("301d02010177188016") + b"1.3.6.1.4.1.1466.20037"
YES_LDAP = bytes.fromhex("300c02010178070a010004000400")
ASK_POSTGRES = bytes.fromhex("0000000804d2162f")
ASK_MYSQL = bytes.fromhex("20000001 008a0000 00000001 21") + bytes(23)


def greeting_of_mysql(*, capabilities=0xFFFF, version=10):
    """Protocol::HandshakeV10, with its header."""
    packet = bytes((version,)) + b"10.11.19-MariaDB\0" + bytes(4) + b"s" * 8 + b"\0"
    packet += capabilities.to_bytes(2, "little") + bytes(31)
    return len(packet).to_bytes(3, "little") + b"\0" + packet


@dataclass(frozen=True)
class Hears:
    """What the client has to say at this point, to the byte."""

    words: bytes


HELLO = Hears(b"EHLO [127.0.0.1]\r\n")
LHLO = Hears(b"LHLO [127.0.0.1]\r\n")
ASK = Hears(b"STARTTLS\r\n")
ASK_IRC = Hears(b"CAP LS\r\nSTARTTLS\r\n")
CAPABILITY = Hears(b"a1 CAPABILITY\r\n")

YES = {
    StartTLS.SMTP: (
        b"220-mail.example.test\r\n220 ready\r\n",
        HELLO,
        b"250-mail.example.test\r\n250-SIZE 1000\r\n250-starttls\r\n250 HELP\r\n",
        ASK,
        b"220 go ahead\r\n",
    ),
    StartTLS.LMTP: (
        b"220 mail.example.test\r\n",
        LHLO,
        b"250-mail.example.test\r\n250 STARTTLS\r\n",
        ASK,
        b"220\r\n",
    ),
    StartTLS.IMAP: (
        b"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n",
        CAPABILITY,
        b"* CAPABILITY IMAP4rev1 StartTLS LOGINDISABLED\r\na1 OK done\r\n",
        Hears(b"a2 STARTTLS\r\n"),
        b"* OK still here\r\na2 OK begin TLS\r\n",
    ),
    StartTLS.POP3: (
        b"+OK ready <1@mail.example.test>\r\n",
        Hears(b"CAPA\r\n"),
        b"+OK\r\nTOP\r\nSTLS\r\n.\r\n",
        Hears(b"STLS\r\n"),
        b"+OK begin TLS\r\n",
    ),
    StartTLS.MANAGESIEVE: (
        b'"IMPLEMENTATION" {9}\r\nOK "hello\r\n"SIEVE" "fileinto"\r\n"StartTLS"\r\n'
        b'OK "ready"\r\n',
        ASK,
        b'OK "begin TLS"\r\n',
    ),
    StartTLS.NNTP: (
        b"201 posting prohibited\r\n",
        Hears(b"CAPABILITIES\r\n"),
        b"101 list:\r\nVERSION 2\r\nSTARTTLS\r\n.\r\n",
        ASK,
        b"382 continue\r\n",
    ),
    StartTLS.FTP: (
        b"120 wait\r\n220-Welcome\r\n 220 is not the end\r\n\r\n220 ready\r\n",
        Hears(b"AUTH TLS\r\n"),
        b"234 proceed\r\n",
    ),
    StartTLS.IRC: (
        b":irc.example.test NOTICE * :*** Looking up your hostname\r\nPING :123\r\n",
        Hears(ASK_IRC.words + b"PONG :123\r\n"),
        b"CAP * LS * :sasl\r\nCAP * LS :multi-prefix tls\r\n"
        b":irc.example.test 670 * :STARTTLS successful\r\n",
    ),
    StartTLS.XMPP_CLIENT: (
        Hears(OPEN.format("client").encode()),
        STREAM + FEATURES,
        Hears(ASK_XMPP),
        PROCEED,
    ),
    StartTLS.XMPP_SERVER: (
        Hears(OPEN.format("server").encode()),
        STREAM + FEATURES,
        Hears(ASK_XMPP),
        PROCEED.replace(b"/>", b"></proceed>"),
    ),
    StartTLS.LDAP: (Hears(ASK_LDAP), YES_LDAP),
    StartTLS.POSTGRES: (Hears(ASK_POSTGRES), b"S"),
    StartTLS.MYSQL: (greeting_of_mysql(), Hears(ASK_MYSQL)),
}


def play(*script, then=None, is_cut=False):
    """Return a handler that plays `script` and goes on as `then`.

    With `is_cut` every octet is a packet of its own.
    """

    async def handle(connection):
        loop = asyncio.get_running_loop()
        for part in script:
            if isinstance(part, Hears):
                heard = b""
                while len(heard) < len(part.words):
                    left = len(part.words) - len(heard)
                    data = await loop.sock_recv(connection, left)
                    if not data:
                        return
                    heard += data
                assert heard == part.words
                continue
            for piece in map(bytes, zip(part)) if is_cut else [part]:
                await loop.sock_sendall(connection, piece)
                await asyncio.sleep(0)
        if then is not None:
            await then(connection)

    return handle


def meet(protocol, *script, then=None, is_cut=False, timeout=5.0):
    """Probe a server that plays `script`, and return the result."""
    with serving(play(*script, then=then, is_cut=is_cut)) as bound:
        target = Target(
            host=bound.host,
            port=bound.port,
            server_name=bound.server_name,
            starttls=protocol,
        )
        return probe(target, timeout=timeout)


def tls_of(identity):
    return speak_tls(make_context(identity))


async def stay(connection):
    """Keep the connection open until the client closes it."""
    with contextlib.suppress(OSError):
        while await asyncio.get_running_loop().sock_recv(connection, 4096):
            pass
