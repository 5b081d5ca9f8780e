import pytest
from django.core.exceptions import ValidationError

from accounts import networks


def test_networks_are_kept_once_and_written_as_everybody_writes_them():
    text = "10.0.0.0/8, 192.0.2.7\n2001:DB8:0::/32 10.0.0.0/8"

    assert networks.parse(text) == ["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32"]
    assert networks.parse("") == []


@pytest.mark.parametrize("text", ["10.0.0.1/8", "10.0.0.0/33", "host", "fe80::/130"])
def test_what_is_no_network_is_named(text):
    with pytest.raises(ValidationError) as refused:
        networks.parse(f"10.0.0.0/8 {text}")

    assert text in refused.value.messages[0]


def test_a_list_has_an_end():
    with pytest.raises(ValidationError, match="No more than 20"):
        networks.parse(" ".join(f"10.{n}.0.0/16" for n in range(21)))


@pytest.mark.parametrize("kept", ["10.0.0.0/8", [1], ["10.0.0.1/8"], ["10.0.0.1"], {}])
def test_only_a_list_as_it_is_kept_is_valid(kept):
    with pytest.raises(ValidationError):
        networks.validate(kept)
    networks.validate(["10.0.0.0/8", "2001:db8::/32"])


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("2001:db8::1", True),
        ("11.0.0.1", False),
        ("2001:db9::1", False),
        ("::10.1.2.3", False),
        ("unix:", False),
        ("", False),
    ],
)
def test_an_address_is_in_a_network_of_its_own_version(text, inside):
    kept = ["10.0.0.0/8", "2001:db8::/32"]

    assert networks.include(kept, networks.address(text)) is inside


@pytest.mark.parametrize(
    ("text", "neighbourhood"),
    [
        ("192.0.2.7", "192.0.2.7/32"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_whoever_has_a_64_is_one_visitor(text, neighbourhood):
    address = networks.address(text)

    assert address is not None
    assert networks.neighbourhood(address) == neighbourhood
