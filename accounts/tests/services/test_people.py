import pytest

from accounts.models import User
from accounts.roles import Role
from accounts.services import people
from accounts.tests.factories import make_team, make_user

pytestmark = pytest.mark.django_db


def test_a_role_replaces_the_one_before_and_opens_or_shuts_the_admin():
    make_user("Administrator")
    user = make_user("Viewer")
    team = make_team()

    people.save_user(user, role=Role.EDITOR, teams=[team])
    assert user.roles() == [Role.EDITOR]
    assert user.is_staff
    assert list(user.teams.all()) == [team]

    people.save_user(user, role=Role.VIEWER, teams=[])
    assert user.roles() == [Role.VIEWER]
    assert not user.is_staff
    assert not user.teams.exists()


def test_the_last_administrator_can_be_neither_demoted_nor_deactivated():
    user = make_user("Administrator")
    make_user("Administrator", is_active=False)

    with pytest.raises(people.LastAdministratorError):
        people.save_user(user, role=Role.EDITOR, teams=[])
    with pytest.raises(people.LastAdministratorError):
        people.set_active(user, active=False)

    kept = User.objects.get(pk=user.pk)
    assert kept.is_active
    assert kept.roles() == [Role.ADMINISTRATOR]


def test_one_of_two_administrators_can_go():
    user = make_user("Administrator")
    make_user(is_superuser=True)

    people.set_active(user, active=False)

    assert not User.objects.get(pk=user.pk).is_active


def test_a_superuser_keeps_the_admin_whatever_the_role():
    user = make_user(is_superuser=True)

    people.save_user(user, role=Role.VIEWER, teams=[])

    assert user.is_staff
