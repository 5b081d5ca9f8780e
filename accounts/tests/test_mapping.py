import pytest

from accounts.mapping import Mapping
from accounts.roles import Role

MAPPING = Mapping(
    roles=(("admins", Role.ADMINISTRATOR), ("ops", Role.EDITOR)),
    teams=(("netops", "network"), ("web", "web"), ("www", "web")),
)


@pytest.mark.parametrize(
    ("groups", "held", "role"),
    [
        ([], [], Role.VIEWER),
        (["ops"], [], Role.EDITOR),
        (["ops", "admins"], [], Role.ADMINISTRATOR),
        ([], [Role.ADMINISTRATOR], Role.VIEWER),
        (["ops"], [Role.VIEWER], Role.EDITOR),
        (["Ops"], [], Role.VIEWER),
    ],
)
def test_the_strongest_role_of_the_groups_counts(groups, held, role):
    assert MAPPING.role(groups, held=held) == role


def test_a_role_that_no_group_gives_was_given_here_and_stays():
    mapping = Mapping(roles=(("ops", Role.EDITOR),))

    assert mapping.role([], held=[Role.ADMINISTRATOR]) == Role.ADMINISTRATOR
    assert mapping.role(["ops"], held=[Role.ADMINISTRATOR]) == Role.ADMINISTRATOR


def test_without_a_default_who_is_in_no_group_stays_out():
    mapping = Mapping(roles=MAPPING.roles, default=None)

    assert mapping.role(["staff"], held=[Role.EDITOR]) is None


def test_several_groups_may_lead_into_one_team():
    assert MAPPING.slugs(["web", "www", "other"]) == {"web"}
    assert MAPPING.governed_slugs == {"network", "web"}
