"""Names of groups: those that are asked for, those that are only seen, and others."""

import pytest

from certs.pki.groups import BY_NAME, BY_NUMBER, group_name


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (29, "x25519"),
        (0x11EC, "X25519MLKEM768"),
        (31, "brainpoolP256r1tls13"),
        (256, "ffdhe2048"),
        (41, "curveSM2"),
        (0x2A2A, "group 0x2a2a"),
        (0, "group 0x0000"),
        (0xFFFF, "group 0xffff"),
    ],
)
def test_a_group_has_the_name_that_iana_gave_it(number, name):
    assert group_name(number) == name


def test_no_two_groups_share_a_name():
    assert len(BY_NAME) == len(BY_NUMBER)
    assert all(group_name(group.number) == name for name, group in BY_NAME.items())
