"""One entry for all protocols: from a fresh connection to where TLS may begin."""

import socket
from collections.abc import Awaitable, Callable

from certs.pki.starttls import mail, news, packets, xmpp
from certs.pki.starttls.dialogue import Dialogue
from certs.pki.starttls.ports import StartTLS

_SPEAKERS: dict[StartTLS, Callable[[Dialogue], Awaitable[None]]] = {
    StartTLS.SMTP: mail.smtp,
    StartTLS.LMTP: mail.lmtp,
    StartTLS.IMAP: mail.imap,
    StartTLS.POP3: mail.pop3,
    StartTLS.MANAGESIEVE: mail.managesieve,
    StartTLS.NNTP: news.nntp,
    StartTLS.FTP: news.ftp,
    StartTLS.IRC: news.irc,
    StartTLS.LDAP: packets.ldap,
    StartTLS.POSTGRES: packets.postgres,
    StartTLS.MYSQL: packets.mysql,
    StartTLS.XMPP_CLIENT: xmpp.client,
    StartTLS.XMPP_SERVER: xmpp.server,
}


async def ask(
    connection: socket.socket, protocol: StartTLS, *, server_name: str
) -> None:
    """Ask the server at the other end of a non-blocking socket to begin TLS.

    When it returns, the next byte to send is the first of a TLS handshake. With
    `StartTLS.NONE` nothing is said. Raises ProbeError: `starttls_not_offered`,
    `starttls_refused`, `starttls_error` where the server does not keep to `protocol`,
    and those of connections that end.
    """
    if protocol is StartTLS.NONE:
        return
    dialogue = Dialogue(connection, server_name=server_name)
    await _SPEAKERS[protocol](dialogue)
    dialogue.end()
