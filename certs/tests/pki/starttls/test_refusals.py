"""Servers that say no, each in the words of its protocol."""

import pytest

from certs.pki.starttls import StartTLS
from certs.tests.pki.starttls.conversations import (
    ASK,
    ASK_IRC,
    ASK_LDAP,
    ASK_POSTGRES,
    ASK_XMPP,
    CAPABILITY,
    FEATURES,
    HELLO,
    LHLO,
    OPEN,
    PROCEED,
    STREAM,
    YES,
    Hears,
    greeting_of_mysql,
    meet,
    stay,
)

CLIENT = Hears(OPEN.format("client").encode())
SERVER = Hears(OPEN.format("server").encode())
ANSWERED_LDAP = (
    b"\x30\x24\x02\x01%c\x78\x1f\x0a\x01%c\x04\x00\x04\x18no certificate here, sir"
)

REFUSED = [
    (StartTLS.SMTP, (b"554 no service\r\n",), "554 no service"),
    (StartTLS.SMTP, (b"220 a\r\n", HELLO, b"550 not you\r\n"), "550 not you"),
    (StartTLS.SMTP, (*YES[StartTLS.SMTP][:4], b"454 no key\r\n"), "454 no key"),
    (StartTLS.LMTP, (b"421 later\r\n",), "421 later"),
    (StartTLS.LMTP, (*YES[StartTLS.LMTP][:4], b"454 no key\r\n"), "454 no key"),
    (StartTLS.IMAP, (b"* BYE overloaded\r\n",), "* BYE overloaded"),
    (StartTLS.IMAP, (b"* PREAUTH you are in\r\n",), "* PREAUTH you are in"),
    (StartTLS.IMAP, (b"* OK\r\n", CAPABILITY, b"* BYE now\r\n"), "* BYE now"),
    (StartTLS.IMAP, (b"* OK\r\n", CAPABILITY, b"a1 BAD what?\r\n"), "a1 BAD what?"),
    (StartTLS.IMAP, (*YES[StartTLS.IMAP][:4], b"a2 NO key\r\n"), "a2 NO key"),
    (StartTLS.POP3, (b"-ERR busy\r\n",), "-ERR busy"),
    (StartTLS.POP3, (*YES[StartTLS.POP3][:4], b"-ERR no key\r\n"), "-ERR no key"),
    (
        StartTLS.POP3,  # without CAPA, which is an option
        (*YES[StartTLS.POP3][:2], b"-ERR\r\n", Hears(b"STLS\r\n"), b"-ERR no\r\n"),
        "-ERR no",
    ),
    (StartTLS.MANAGESIEVE, (b'BYE "busy"\r\n',), 'BYE "busy"'),
    (
        StartTLS.MANAGESIEVE,
        (*YES[StartTLS.MANAGESIEVE][:2], b'NO "no key"\r\n'),
        'NO "no key"',
    ),
    (StartTLS.NNTP, (b"502 not you\r\n",), "502 not you"),
    (StartTLS.NNTP, (*YES[StartTLS.NNTP][:4], b"580 no key\r\n"), "580 no key"),
    (StartTLS.FTP, (b"421 busy\r\n",), "421 busy"),
    (
        StartTLS.FTP,
        (*YES[StartTLS.FTP][:2], b"530 Please login first.\r\n"),
        "530 Please login first.",
    ),
    (StartTLS.IRC, (ASK_IRC, b"ERROR :banned\r\n"), "ERROR :banned"),
    (StartTLS.IRC, (ASK_IRC, b":a 691 * :no key\r\n"), ":a 691 * :no key"),
    (
        StartTLS.XMPP_CLIENT,
        (
            CLIENT,
            STREAM + b"<stream:error><host-unknown xmlns='urn:x'/></stream:error>",
        ),
        "host-unknown xmlns='urn:x'/",
    ),
    (
        StartTLS.XMPP_SERVER,
        (SERVER, STREAM + FEATURES, Hears(ASK_XMPP), b"<failure xmlns='urn:x'/>"),
        "failure xmlns='urn:x'/",
    ),
    (
        StartTLS.LDAP,
        (Hears(ASK_LDAP), ANSWERED_LDAP % (1, 52)),
        "52 no certificate here, sir",
    ),
    (
        StartTLS.LDAP,  # a notice of disconnection: RFC 4511 section 4.4.1
        (Hears(ASK_LDAP), ANSWERED_LDAP % (0, 2)),
        "2 no certificate here, sir",
    ),
    (
        StartTLS.POSTGRES,
        (Hears(ASK_POSTGRES), b"E\0\0\0\x16SFATAL\0Mtoo many\0\0"),
        "too many",
    ),
    (StartTLS.POSTGRES, (Hears(ASK_POSTGRES), b"E\0\0\0\0"), ""),
    (StartTLS.MYSQL, (b"\x0c\0\0\0\xff\x6a\x04Too many!",), "Too many!"),
]

NOT_OFFERED = [
    (StartTLS.SMTP, (b"220 a\r\n", HELLO, b"500 what?\r\n")),
    (StartTLS.SMTP, (b"220 a\r\n", HELLO, b"250-a\r\n250 XSTARTTLS\r\n")),
    (StartTLS.SMTP, (*YES[StartTLS.SMTP][:4], b"502 no such command\r\n")),
    (StartTLS.LMTP, (b"220 a\r\n", LHLO, b"250 a\r\n")),
    (StartTLS.IMAP, (b"* OK\r\n", CAPABILITY, b"* CAPABILITY IMAP4\r\na1 OK\r\n")),
    (StartTLS.POP3, (*YES[StartTLS.POP3][:2], b"+OK\r\nTOP\r\n.\r\n")),
    (StartTLS.MANAGESIEVE, (b'"SIEVE" "a"\r\nOK\r\n',)),
    (StartTLS.NNTP, (*YES[StartTLS.NNTP][:2], b"101 list\r\nREADER\r\n.\r\n")),
    (
        StartTLS.NNTP,
        (*YES[StartTLS.NNTP][:2], b"500 what?\r\n", ASK, b"500 what?\r\n"),
    ),
    (StartTLS.FTP, (*YES[StartTLS.FTP][:2], b"500 what?\r\n")),
    (StartTLS.IRC, (ASK_IRC, b":a 421 * STARTTLS :Unknown command\r\n")),
    (StartTLS.IRC, (ASK_IRC, b":a 020 * :wait\r\n:a 451 * :Register first\r\n")),
    (StartTLS.IRC, (ASK_IRC, b":a 421 * CAP :What?\r\n:a 421 * STARTTLS :What?\r\n")),
    (StartTLS.IRC, (ASK_IRC, b":a CAP * LS :sasl\r\n")),
    (StartTLS.XMPP_CLIENT, (CLIENT, STREAM + b"<stream:features/>")),
    (
        StartTLS.XMPP_SERVER,
        (SERVER, STREAM + b"<stream:features><starttls xmlns='a'/></stream:features>"),
    ),
    (StartTLS.LDAP, (Hears(ASK_LDAP), ANSWERED_LDAP % (1, 2))),
    (StartTLS.POSTGRES, (Hears(ASK_POSTGRES), b"N")),
    (StartTLS.MYSQL, (greeting_of_mysql(capabilities=0xF7FF),)),
]

LIES = [
    (StartTLS.SMTP, (b"220 a\r\n", HELLO, b"250-a\r\n251 b\r\n"), "251 b"),
    (StartTLS.SMTP, (b"220 a\r\n", HELLO, b"354 more\r\n"), "354 more"),
    (StartTLS.SMTP, (b"220a\r\n",), "220a"),
    (StartTLS.IMAP, (b"* OK\r\n", CAPABILITY, b"a1 MAYBE\r\n"), "a1 MAYBE"),
    (StartTLS.IRC, (ASK_IRC, b"\r\n"), "“”"),
    (StartTLS.IRC, (ASK_IRC, b":a 001 you :Welcome\r\n"), ":a 001 you :Welcome"),
    (
        StartTLS.MANAGESIEVE,
        (*YES[StartTLS.MANAGESIEVE][:2], b'"STARTTLS"\r\nOK\r\n'),
        '"STARTTLS"',
    ),
    (
        StartTLS.XMPP_CLIENT,
        (CLIENT, b"<?xml version='1.0'?><html><head>"),
        "html",
    ),
    (StartTLS.XMPP_CLIENT, (CLIENT, STREAM + b"<message/>"), "message/"),
    (
        StartTLS.XMPP_CLIENT,
        (CLIENT, STREAM + FEATURES, Hears(ASK_XMPP), b"<proceed xmlns='urn:x'/>"),
        "proceed xmlns='urn:x'/",
    ),
    (
        StartTLS.XMPP_CLIENT,
        (
            *(CLIENT, STREAM + FEATURES, Hears(ASK_XMPP)),
            PROCEED.replace(b"/>", b"><x/></proceed>"),
        ),
        "x/",
    ),
    (StartTLS.LDAP, (Hears(ASK_LDAP), b"\x30\x85\0\0\0\0\1"), "“0”"),
    (StartTLS.LDAP, (Hears(ASK_LDAP), b"\x30\x03\x02\x01\x01"), "0...."),
    (StartTLS.MYSQL, (b"\x03\0\0\0\x0a\x31\0",), "“1.”"),
    (StartTLS.MYSQL, (greeting_of_mysql(version=9),), "10.11.19-MariaDB"),
]


@pytest.mark.parametrize(("protocol", "script", "said"), REFUSED)
def test_a_refusal_is_told_with_an_excerpt(protocol, script, said):
    result = meet(protocol, *script, then=stay)

    assert result.error_code == "starttls_refused"
    assert result.error_text == f"The server refused to begin TLS: “{said}”."


@pytest.mark.parametrize(("protocol", "script"), NOT_OFFERED)
def test_a_server_without_starttls_is_told(protocol, script):
    result = meet(protocol, *script, then=stay)

    assert result.error_code == "starttls_not_offered"
    assert result.error_text == "The server does not offer STARTTLS."
    assert result.address == "127.0.0.1"


@pytest.mark.parametrize(("protocol", "script", "said"), LIES)
def test_an_answer_from_nowhere_is_told_with_an_excerpt(protocol, script, said):
    result = meet(protocol, *script, then=stay)

    assert result.error_code == "starttls_error"
    assert said in result.error_text
