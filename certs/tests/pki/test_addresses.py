"""People paste all sorts of things where a host is asked for."""

import pytest
from hypothesis import example, given, strategies as st

from certs.pki.addresses import (
    MAX_PORT,
    MIN_PORT,
    Address,
    InvalidAddressError,
    parse_address,
)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("example.com", "example.com", None),
        (" example.com:8443 ", "example.com", 8443),
        ("Example.COM.", "example.com", None),
        ("example.com.:443", "example.com", 443),
        ("https://user:secret@example.com:8443/path?x#y", "example.com", 8443),
        ("https://example.com", "example.com", 443),
        ("HTTPS://example.com/a@b", "example.com", 443),
        ("http://example.com", "example.com", None),
        ("http://example.com:80/", "example.com", 80),
        ("//example.com/path", "example.com", None),
        ("example.com/path", "example.com", None),
        ("example.com:8443/path", "example.com", 8443),
        ("example.com\\path", "example.com", None),
        ("ldaps://directory.internal", "directory.internal", 636),
        ("smtps://mail.example.com", "mail.example.com", 465),
        ("imaps://mail.example.com/INBOX", "mail.example.com", 993),
        ("smtp://mail.example.com", "mail.example.com", None),
        ("made-up+scheme://example.com", "example.com", None),
        ("[2001:db8::1]:443", "2001:db8::1", 443),
        ("[2001:db8::1]", "2001:db8::1", None),
        ("2001:DB8::1", "2001:db8::1", None),
        ("https://[2001:db8::1]/", "2001:db8::1", 443),
        ("192.0.2.1:443", "192.0.2.1", 443),
        ("bücher.example:1", "xn--bcher-kva.example", MIN_PORT),
        ("host_1:65535", "host_1", MAX_PORT),
        ("example.com:00443", "example.com", 443),
    ],
)
def test_a_host_and_its_port_are_found(text, host, port):
    assert parse_address(text) == Address(host=host, port=port)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Give a host name"),
        ("  \n", "Give a host name"),
        ("https://", "The host is missing"),
        ("/path", "The host is missing"),
        (",", "The host is missing"),
        (":443", "no empty part"),
        ("two words", "no spaces"),
        ("example.com :443", "no spaces"),
        ("example.com,", "no spaces and no commas"),
        ("example.com, example.org", "several hosts"),
        ("a.example:1\nb.example:2", "several hosts"),
        ("example.com:0", "from 1 to 65535"),
        ("example.com:70000", "from 1 to 65535"),
        ("example.com:" + "9" * 1000, "from 1 to 65535"),
        ("example.com:", "not a number"),
        ("example.com:https", "not a number"),
        ("example.com:-1", "not a number"),
        ("example.com:٤٤٣", "not a number"),
        ("[2001:db8::1]:", "not a number"),
        ("[2001:db8::1", "no IPv6 address"),
        ("[192.0.2.1]:443", "no IPv6 address"),
        ("[example.com]:443", "no IPv6 address"),
        ("1:2:3", "no IPv6 address"),
        ("fe80::1%eth0", "with a zone"),
        ("*.example.com", "wildcard"),
        ("user@example.com", "mail address"),
        ("192.0.2.0/24", "a network"),
        ("2001:db8::/32", "a network"),
        ("a" * 64 + ".example", "at most 63"),
        ("a" * 3000, "too long"),
        ("-bad-.example", "letters, digits"),
        ("a..b", "no empty part"),
    ],
)
def test_what_names_no_single_host_is_refused_with_a_reason(text, message):
    with pytest.raises(InvalidAddressError, match=message):
        parse_address(text)


@given(st.one_of(st.text(), st.text(alphabet="ab1.:/@[]-*%, \\?#")))
@example("\0")
@example("[::1%]")
def test_any_text_is_an_address_or_the_parsers_own_error(text):
    try:
        address = parse_address(text)
    except InvalidAddressError:
        return

    shown = f"[{address.host}]" if ":" in address.host else address.host
    assert parse_address(shown).host == address.host
