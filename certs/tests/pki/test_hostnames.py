"""One spelling for a host, and the certificate that covers it."""

from datetime import timedelta

import idna
import pytest
from hypothesis import given, settings, strategies as st

from certs.pki.hostnames import (
    InvalidHostError,
    covering_name,
    to_ascii,
    to_unicode,
)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("example.com", "example.com"),
        ("EXAMPLE.com.", "example.com"),
        ("localhost", "localhost"),
        ("db_1._tcp.internal", "db_1._tcp.internal"),
        ("r3---sn-4g5.example.com", "r3---sn-4g5.example.com"),
        ("1.example.com", "1.example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("xn--i-7iq.ws", "xn--i-7iq.ws"),
        ("192.0.2.1", "192.0.2.1"),
        ("2001:DB8:0::1", "2001:db8::1"),
    ],
)
def test_a_host_has_one_spelling(host, expected):
    assert to_ascii(host) == expected


def test_uts_46_changes_nothing_but_capitals_in_ascii():
    letters = "".join(map(chr, range(128)))

    assert idna.uts46_remap(letters, std3_rules=False) == letters.lower()


@pytest.mark.parametrize(
    ("host", "message"),
    [
        ("", "no empty part"),
        (".", "no empty part"),
        ("a..b", "no empty part"),
        ("-a.example", "letters, digits"),
        ("a-.example", "letters, digits"),
        ("two words", "letters, digits"),
        ("a/b", "letters, digits"),
        ("*.example.com", "letters, digits"),
        ("a\0b", "letters, digits"),
        ("a" * 64 + ".example", "at most 63"),
        ("ü" * 64 + ".example", "international"),
        (".".join(["a" * 60] * 5), "at most 253"),
        ("a" * 2000, "at most 253"),
        ("☃.example", "international"),
        ("a\ue000.example", "characters that no host name"),
        ("fe80::1%eth0", "with a zone"),
        ("300.1.1.1", "not four numbers"),
        ("127.1", "not four numbers"),
        ("0x7f000001", "not four numbers"),
    ],
)
def test_what_no_host_can_be_called_is_refused_with_a_reason(host, message):
    with pytest.raises(InvalidHostError, match=message):
        to_ascii(host)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("xn--bcher-kva.example", "bücher.example"),
        ("www.example.com", "www.example.com"),
        ("xn--i-7iq.ws", "xn--i-7iq.ws"),
        ("xn--\u1234", "xn--\u1234"),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_a_host_is_shown_as_people_write_it(host, expected):
    assert to_unicode(host) == expected


@pytest.mark.parametrize(
    ("host", "presented", "expected"),
    [
        ("www.example.com", ["a.test", "www.example.com"], "www.example.com"),
        ("WWW.example.com.", ["www.Example.COM."], "www.Example.COM."),
        ("www.example.com", ["*.example.com"], "*.example.com"),
        ("www.example.com", ["*.example.com", "www.example.com"], "www.example.com"),
        (
            "bücher.example.com",
            ["xn--bcher-kva.example.com"],
            "xn--bcher-kva.example.com",
        ),
        ("bücher.example.com", ["*.example.com"], "*.example.com"),
        ("a.b.example.com", ["*.example.com"], None),
        ("example.com", ["*.example.com"], None),
        ("www.example.com", ["w*.example.com", "*w.example.com", "www.*.com"], None),
        ("www.example.com", ["*", "*.*.com", "*.www.example.com"], None),
        ("xn--bcher-kva.example.com", ["xn--*.example.com"], None),
        ("example.com", ["*.com"], None),
        ("localhost", ["*."], None),
        ("localhost", ["localhost"], "localhost"),
        ("not a host", ["not a host"], None),
        ("192.0.2.1", ["192.0.2.1", "*.0.2.1"], None),
    ],
)
def test_a_name_covers_only_what_rfc_9525_lets_it(host, presented, expected):
    assert covering_name(host, dns_names=presented, ip_addresses=()) == expected


@pytest.mark.parametrize(
    ("host", "presented", "expected"),
    [
        ("192.0.2.1", ["192.0.2.2", "192.0.2.1"], "192.0.2.1"),
        ("2001:db8::1", ["2001:0DB8:0:0::1"], "2001:0DB8:0:0::1"),
        ("192.0.2.1", ["192.0.2.2", "nonsense"], None),
        ("www.example.com", ["192.0.2.1"], None),
    ],
)
def test_an_address_is_compared_as_an_address(host, presented, expected):
    assert covering_name(host, dns_names=(), ip_addresses=presented) == expected


@given(st.text())
def test_any_text_is_a_host_in_a_settled_spelling_or_an_error(text):
    try:
        name = to_ascii(text)
    except InvalidHostError:
        return

    assert to_ascii(name) == name
    assert covering_name(text, dns_names=[name], ip_addresses=[name]) == name


@settings(deadline=timedelta(seconds=1))
@given(st.text(alphabet="aü.-_*xn1é\u200d。", max_size=300))
def test_nearly_a_host_is_a_host_or_an_error_as_well(text):
    to_unicode(text)
    try:
        name = to_ascii(text)
    except InvalidHostError:
        return

    assert to_ascii(name) == name
