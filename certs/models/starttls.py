"""What is spoken before TLS begins, in the words of the screen."""

from django.db import models

from certs.pki.starttls import StartTLS


class StartTLSChoices(models.TextChoices):
    """What is spoken before TLS begins, as people call it."""

    __empty__ = "No, TLS from the start"

    SMTP = StartTLS.SMTP.value, "SMTP"
    LMTP = StartTLS.LMTP.value, "LMTP"
    IMAP = StartTLS.IMAP.value, "IMAP"
    POP3 = StartTLS.POP3.value, "POP3"
    MANAGESIEVE = StartTLS.MANAGESIEVE.value, "ManageSieve"
    NNTP = StartTLS.NNTP.value, "NNTP"
    FTP = StartTLS.FTP.value, "FTP"
    LDAP = StartTLS.LDAP.value, "LDAP"
    XMPP_CLIENT = StartTLS.XMPP_CLIENT.value, "XMPP, client"
    XMPP_SERVER = StartTLS.XMPP_SERVER.value, "XMPP, server"
    IRC = StartTLS.IRC.value, "IRC"
    POSTGRES = StartTLS.POSTGRES.value, "PostgreSQL"
    MYSQL = StartTLS.MYSQL.value, "MySQL"

    @classmethod
    def for_people(cls) -> list[tuple[str, str]]:
        """Return the choices for a form, where TLS from the start is an empty text."""
        return [(value or "", label) for value, label in cls.choices]
