import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connections
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from accounts.services import people
from accounts.tests.factories import make_team, make_user

pytestmark = pytest.mark.django_db


def kept(user):
    return User.objects.get(pk=user.pk)


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


def test_teams_and_further_groups_stay_where_nothing_is_said_of_them():
    team, group = make_team(), Group.objects.create(name="Auditors")
    user = make_user("Viewer", teams=[team])
    user.groups.add(group)

    people.save_user(user, role=Role.EDITOR)

    assert list(user.teams.all()) == [team]
    assert {g.name for g in user.groups.all()} == {"Editor", "Auditors"}


def test_the_last_administrator_can_be_neither_demoted_nor_deactivated():
    user = make_user("Administrator")
    make_user("Administrator", is_active=False)

    with pytest.raises(people.LastAdministratorError):
        people.save_user(user, role=Role.EDITOR, teams=[])
    with pytest.raises(people.LastAdministratorError):
        people.set_active(user, active=False)
    user.is_active = False
    with pytest.raises(people.LastAdministratorError):
        people.save_user(user, role=Role.ADMINISTRATOR)

    assert kept(user).is_active
    assert kept(user).roles() == [Role.ADMINISTRATOR]


def test_one_of_two_administrators_can_go():
    user = make_user("Administrator")
    make_user(is_superuser=True)

    people.set_active(user, active=False)

    assert not kept(user).is_active


def test_all_administrators_cannot_go_at_once_and_then_none_goes():
    users = [make_user("Administrator") for _ in range(3)]

    with pytest.raises(people.LastAdministratorError):
        people.change_many(users, by=users[0], active=False)

    assert all(kept(user).is_active for user in users)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_demote_each_other_at_once_leave_one():
    for name in Role.values:
        Group.objects.get_or_create(name=name)
    pair = [make_user("Administrator"), make_user("Administrator")]
    start = Barrier(2)

    def demote(user):
        start.wait(10)
        while True:
            try:
                people.save_user(kept(user), role=Role.VIEWER)
            except OperationalError:  # SQLite's database of tests has no queue
                time.sleep(0.01)
            except people.LastAdministratorError:
                return "refused"
            else:
                return "demoted"
            finally:
                connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(demote, pair))

    assert told == ["demoted", "refused"]
    assert User.objects.administrators().count() == 1


def test_a_superuser_keeps_the_admin_whatever_the_role():
    user = make_user(is_superuser=True)

    people.save_user(user, role=Role.VIEWER, teams=[])

    assert user.is_staff


def test_an_administrator_changes_neither_superusers_nor_makes_any():
    administrator, root = make_user("Administrator"), make_user(is_superuser=True)
    other = make_user("Viewer")
    other.is_superuser = True

    for user in (root, other):
        with pytest.raises(PermissionDenied):
            people.save_user(user, role=Role.VIEWER, by=administrator)
    with pytest.raises(PermissionDenied):
        people.set_active(root, active=False, by=administrator)
    with pytest.raises(PermissionDenied):
        people.change_many([other, root], by=administrator, active=False)

    assert not kept(other).is_superuser
    assert kept(other).is_active


def test_further_groups_are_given_by_superusers_alone():
    group = Group.objects.create(name="Auditors")
    user = make_user("Viewer")

    with pytest.raises(PermissionDenied):
        people.save_user(
            user, role=Role.VIEWER, further=[group], by=make_user("Administrator")
        )
    root = make_user(is_superuser=True)
    people.save_user(user, role=Role.VIEWER, further=[group], by=root)

    assert group in user.groups.all()


@pytest.mark.parametrize("role", ["Viewer", "Editor"])
def test_nobody_promotes_themselves(role):
    user = make_user(role)

    with pytest.raises(PermissionDenied):
        people.save_user(user, role=Role.ADMINISTRATOR, by=user)

    assert kept(user).roles() == [Role(role)]


def test_who_may_only_add_people_changes_none():
    user = make_user("Viewer")

    with pytest.raises(PermissionDenied):
        people.save_user(User(username="new"), role=Role.VIEWER, by=user)


def test_an_address_that_an_administrator_gives_is_confirmed():
    administrator, user = make_user("Administrator"), make_user("Viewer")
    user.email = "new@example.org"

    people.save_user(user, role=Role.VIEWER, by=administrator)

    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified) == ("new@example.org", True)


def test_who_is_deactivated_is_signed_out_and_stays_so_when_let_in_again(client):
    make_user("Administrator")
    user = make_user("Viewer")
    client.force_login(user)
    UserSession.objects.create(
        user=user, ip="127.0.0.1", session_key=client.session.session_key
    )
    assert client.get(reverse("accounts:profile")).status_code == 200

    people.set_active(user, active=False)
    assert client.get(reverse("accounts:profile")).status_code == 302
    people.set_active(user, active=True)

    assert client.get(reverse("accounts:profile")).status_code == 302
    assert not UserSession.objects.filter(user=user).exists()
