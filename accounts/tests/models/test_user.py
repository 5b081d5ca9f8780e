import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Team, User
from accounts.roles import Role
from accounts.tests.factories import make_team, make_user

pytestmark = pytest.mark.django_db


def test_an_address_is_unique_whatever_its_case_and_however_it_comes():
    make_user(email="Ann@Example.org")

    assert User.objects.get().email == "ann@example.org"
    assert User.objects.filter(email="ANN@example.ORG").exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_user(email="ANN@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(username="x", email="aNN@example.org")])


def test_the_address_in_memory_is_the_one_that_was_stored():
    user = make_user()

    user.email = " Ann@Example.org "
    user.save()

    assert user.email == "ann@example.org"


@pytest.mark.parametrize(
    ("name", "username", "shown", "initials"),
    [
        ("", "ann", "ann", "A"),
        ("Ann", "ann", "Ann", "A"),
        ("Ann van der Berg", "ann", "Ann van der Berg", "AB"),
    ],
)
def test_a_person_is_called_by_name_or_else_by_user_name(
    name, username, shown, initials
):
    user = User(username=username, display_name=name)

    assert (str(user), user.initials) == (shown, initials)
    assert user.get_short_name() == shown


def test_a_time_zone_must_be_one():
    user = make_user(time_zone="Mars/Olympus")

    with pytest.raises(ValidationError, match="no time zone"):
        user.full_clean()


def test_roles_are_the_groups_of_that_name():
    assert make_user("Editor").roles() == [Role.EDITOR]
    assert make_user().roles() == []


def test_deleting_a_team_keeps_its_people():
    team = make_team("Web")
    user = make_user(teams=[team])

    team.delete()

    assert User.objects.get() == user
    assert not Team.objects.exists()
    assert str(team) == "Web"
