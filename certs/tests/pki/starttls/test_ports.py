"""What is spoken where, as far as a port tells."""

import pytest

from certs.pki.starttls import StartTLS, guess


@pytest.mark.parametrize(
    ("ports", "protocol"),
    [
        ((25, 587, 2525), StartTLS.SMTP),
        ((24,), StartTLS.LMTP),
        ((143,), StartTLS.IMAP),
        ((110,), StartTLS.POP3),
        ((4190,), StartTLS.MANAGESIEVE),
        ((119, 433), StartTLS.NNTP),
        ((21,), StartTLS.FTP),
        ((389, 3268), StartTLS.LDAP),
        ((5222,), StartTLS.XMPP_CLIENT),
        ((5269,), StartTLS.XMPP_SERVER),
        ((6667,), StartTLS.IRC),
        ((5432,), StartTLS.POSTGRES),
        ((3306,), StartTLS.MYSQL),
        ((443, 465, 563, 636, 990, 993, 995, 5223, 6697, 8443), StartTLS.NONE),
    ],
)
def test_the_port_tells_the_protocol(ports, protocol):
    assert {guess(port) for port in ports} == {protocol}


def test_the_values_are_words_that_people_type():
    assert [str(each) for each in StartTLS] == [
        "",
        *("smtp", "lmtp", "imap", "pop3", "managesieve", "nntp", "ftp", "ldap"),
        *("xmpp-client", "xmpp-server", "irc", "postgres", "mysql"),
    ]
