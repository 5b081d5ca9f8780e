"""The protocols that begin in the clear, and the ports they are found at."""

from enum import StrEnum


class StartTLS(StrEnum):
    """How TLS begins: with the first byte (the empty value), or when asked for.

    The values are kept in databases and typed by people; they do not change.
    """

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


# IANA's service names and port numbers, and what is used beside them.
_PORTS = {
    21: StartTLS.FTP,
    24: StartTLS.LMTP,
    25: StartTLS.SMTP,
    110: StartTLS.POP3,
    119: StartTLS.NNTP,
    143: StartTLS.IMAP,
    194: StartTLS.IRC,
    389: StartTLS.LDAP,
    433: StartTLS.NNTP,
    587: StartTLS.SMTP,
    2525: StartTLS.SMTP,
    3268: StartTLS.LDAP,  # the global catalogue of Active Directory
    3306: StartTLS.MYSQL,
    4190: StartTLS.MANAGESIEVE,
    5222: StartTLS.XMPP_CLIENT,
    5269: StartTLS.XMPP_SERVER,
    5432: StartTLS.POSTGRES,
    6665: StartTLS.IRC,
    6666: StartTLS.IRC,
    6667: StartTLS.IRC,
    6668: StartTLS.IRC,
    6669: StartTLS.IRC,
}


def guess(port: int) -> StartTLS:
    """Return what is usually spoken at `port`; TLS from the first byte if unknown."""
    return _PORTS.get(port, StartTLS.NONE)
