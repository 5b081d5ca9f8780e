"""A site that has no administrator takes people in all the same, as what they are."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.mapping import Mapping
from accounts.models import User
from accounts.roles import Role
from accounts.services import invitations, membership, people
from accounts.tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def test_who_registers_is_a_viewer(client, settings):
    settings.REGISTRATION_OPEN = True

    client.post(
        reverse("account_signup"),
        {
            "email": "ann@example.org",
            "username": "ann",
            "password1": PASSWORD,
            "password2": PASSWORD,
        },
    )

    assert User.objects.get().roles() == [Role.VIEWER]


def test_an_invitation_that_outlives_its_administrator_is_accepted():
    now = timezone.now()
    administrator = make_user("Administrator")
    letter = invitations.invite(
        "ann@example.org", role=Role.EDITOR, teams=[], by=administrator, now=now
    )
    administrator.groups.clear()  # as an operator can in the database

    user = invitations.accept(
        letter.token, username="ann", display_name="Ann", password=PASSWORD, now=now
    )

    assert user.roles() == [Role.EDITOR]


@pytest.mark.parametrize("role", Role)
def test_who_comes_from_the_company_has_the_role_of_their_group(role):
    user = make_user()

    membership.follow(user, ["ours"], mapping=Mapping(roles=(("ours", role),)))

    assert User.objects.get().roles() == [role]


def test_a_first_person_is_saved_and_deactivated():
    user = people.save_user(User(username="ann"), role=Role.VIEWER)

    people.set_active(user, active=False)

    assert not User.objects.get().is_active
