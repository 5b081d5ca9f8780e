import pytest

from accounts.mapping import Mapping
from accounts.models import User
from accounts.roles import Role
from accounts.services import membership
from accounts.tests.factories import make_team, make_user

pytestmark = pytest.mark.django_db

MAPPING = Mapping(
    roles=(("admins", Role.ADMINISTRATOR), ("ops", Role.EDITOR)),
    teams=(("netops", "network"),),
)


def follow(user, *groups, mapping=MAPPING):
    membership.follow(user, groups, mapping=mapping)
    return User.objects.get(pk=user.pk)


def test_what_was_given_here_stays_and_what_is_mapped_follows():
    make_user("Administrator")
    network, own = make_team("Network"), make_team("Own")
    user = make_user("Viewer", teams=[own])

    user = follow(user, "ops", "netops")
    assert user.roles() == [Role.EDITOR]
    assert user.is_staff
    assert set(user.teams.all()) == {own, network}

    user = follow(user)
    assert user.roles() == [Role.VIEWER]
    assert not user.is_staff
    assert list(user.teams.all()) == [own]


def test_what_is_as_it_should_be_is_not_written(django_assert_num_queries):
    make_user("Administrator")
    user = make_user("Editor")

    with django_assert_num_queries(2):
        membership.follow(user, ["ops"], mapping=MAPPING)


def test_the_last_administrator_stays_one_and_still_changes_teams():
    network = make_team("Network")
    user = follow(make_user("Administrator"), "netops")

    assert user.roles() == [Role.ADMINISTRATOR]
    assert list(user.teams.all()) == [network]


def test_nobody_becomes_administrator_because_there_is_none():
    user = make_user("Viewer")

    assert follow(user, "ops").roles() == [Role.EDITOR]
    assert follow(user).roles() == [Role.VIEWER]


def test_a_team_that_is_not_there_is_logged(caplog):
    make_user("Administrator")

    assert not follow(make_user("Viewer"), "netops").teams.exists()
    assert "No team has the slug network." in caplog.text


def test_who_is_not_entitled_is_left_as_they_were():
    make_user("Administrator")
    user = make_user("Editor")

    with pytest.raises(membership.NotEntitledError):
        follow(user, mapping=Mapping(roles=MAPPING.roles, default=None))

    assert User.objects.get(pk=user.pk).roles() == [Role.EDITOR]
