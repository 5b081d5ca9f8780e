"""How TLS begins inside another protocol (stand-in until the real one is merged)."""

from enum import StrEnum


class StartTLS(StrEnum):
    """The protocol that is spoken before the handshake."""

    NONE = ""
    SMTP = "smtp"
    LMTP = "lmtp"
    IMAP = "imap"
    POP3 = "pop3"
    MANAGESIEVE = "managesieve"
    NNTP = "nntp"
    FTP = "ftp"
    LDAP = "ldap"
    XMPP_CLIENT = "xmpp-client"
    XMPP_SERVER = "xmpp-server"
    IRC = "irc"
    POSTGRES = "postgres"
    MYSQL = "mysql"


_BY_PORT = {25: StartTLS.SMTP, 143: StartTLS.IMAP}


def guess(port: int) -> StartTLS:
    """Return what is usually spoken on `port`."""
    return _BY_PORT.get(port, StartTLS.NONE)
