"""Where a probe may connect, and where never."""

from ipaddress import ip_address, ip_network

import pytest

from certs.pki.guard import Guard, parse_networks

ANYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))


def refusal(guard, text):
    return guard.refusal(ip_address(text))


@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "2001:db8::1", "fd00::1"])
def test_public_and_private_addresses_are_allowed_by_default(address):
    assert refusal(Guard(), address) is None


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("169.254.169.254", "link-local"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("fd00:ec2::254", "cloud metadata"),
        ("fd20:ce::254", "cloud metadata"),
        ("100.100.100.200", "cloud metadata"),
        ("168.63.129.16", "cloud metadata"),
        ("0.0.0.0", "unspecified"),  # noqa: S104 - judged, not bound
        ("0.1.2.3", "unspecified"),
        ("::", "unspecified"),
        ("224.0.0.1", "multicast"),
        ("ff02::1", "multicast"),
        ("255.255.255.255", "broadcast"),
        ("::ffff:169.254.169.254", "link-local"),
        ("::169.254.169.254", "link-local"),
        ("2002:a9fe:a9fe::1", "link-local"),
        ("64:ff9b::169.254.169.254", "link-local"),
        ("64:ff9b:1::169.254.169.254", "link-local"),
    ],
)
def test_some_addresses_are_never_connected_to(address, kind):
    guard = Guard(allow_loopback=True, allow=ANYWHERE)

    sentence = refusal(guard, address)

    assert sentence is not None
    assert f"{kind} address, which is never connected to." in sentence


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.77.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1"],
)
def test_loopback_is_allowed_only_on_demand(address):
    assert "loopback" in refusal(Guard(), address)
    assert "loopback" in refusal(Guard(allow=ANYWHERE), address)
    assert refusal(Guard(allow_loopback=True), address) is None


def test_a_denied_network_is_denied_although_it_is_allowed():
    guard = Guard(allow=ANYWHERE, deny=(ip_network("10.0.0.0/8"),))

    assert refusal(guard, "10.1.2.3") == "10.1.2.3 is in a network that is denied."
    assert "denied" in refusal(guard, "::ffff:10.1.2.3")
    assert "denied" in refusal(guard, "2002:0a01:0203::1")
    assert refusal(guard, "192.0.2.1") is None


def test_an_allow_list_admits_its_networks_only():
    guard = Guard(allow=(ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")))

    assert refusal(guard, "10.1.2.3") is None
    assert refusal(guard, "::ffff:10.1.2.3") is None
    assert refusal(guard, "2001:db8::1") is None
    assert "no network that is allowed" in refusal(guard, "192.0.2.1")
    assert "no network that is allowed" in refusal(guard, "64:ff9b::10.1.2.3")


def test_all_of_ipv6_does_not_let_ipv4_in_through_a_tunnel():
    guard = Guard(allow=(ip_network("::/0"),))

    assert refusal(guard, "2001:db8::1") is None
    assert "no network" in refusal(guard, "::ffff:192.0.2.1")
    assert "no network" in refusal(guard, "64:ff9b::192.0.2.1")


def test_networks_are_read_from_text():
    networks = parse_networks(" 10.0.0.0/8, 2001:db8::/32\n192.0.2.1; ")

    assert networks == (
        ip_network("10.0.0.0/8"),
        ip_network("2001:db8::/32"),
        ip_network("192.0.2.1/32"),
    )
    assert parse_networks("") == ()


@pytest.mark.parametrize("bad", ["10.0.0.1/8", "example.com", "10.0.0.0/33", "x" * 100])
def test_the_item_that_is_no_network_is_named(bad):
    with pytest.raises(ValueError, match=f"'{bad[:60]}' is not a network"):
        parse_networks(f"10.0.0.0/8 {bad}")
