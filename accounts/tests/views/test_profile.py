import pytest
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
PROFILE = reverse("accounts:profile")


@pytest.fixture
def user(client):
    user = make_user("Viewer", display_name="Ann")
    client.force_login(user)
    return user


def test_a_person_changes_name_address_and_zone(client, user):
    response = client.post(
        PROFILE,
        {
            "display_name": "Ann Berg",
            "email": "Ann@Example.org",
            "time_zone": "Asia/Tokyo",
        },
        follow=True,
    )

    user.refresh_from_db()
    assert "Your profile was saved." in response.text
    assert (user.display_name, user.email, user.time_zone) == (
        "Ann Berg",
        "ann@example.org",
        "Asia/Tokyo",
    )


def test_times_are_shown_in_the_zone_that_was_chosen(client, user):
    User.objects.update(time_zone="Asia/Tokyo")

    assert "all times Asia/Tokyo" in client.get(PROFILE).text


def test_rights_cannot_be_had_by_posting_them(client, user):
    client.post(
        PROFILE,
        {
            "display_name": "Ann",
            "email": user.email,
            "is_superuser": "on",
            "is_staff": "on",
            "groups": "1",
            "username": "root",
        },
    )

    changed = User.objects.get(pk=user.pk)
    assert not changed.is_superuser
    assert not changed.is_staff
    assert changed.username == user.username


def test_an_address_that_is_taken_is_refused_at_its_field(client, user):
    make_user(email="bob@example.org")

    response = client.post(
        PROFILE, {"display_name": "New name", "email": "BOB@example.org"}
    )

    assert "already exists" in response.text
    assert "New name" in response.text
    assert User.objects.get(pk=user.pk).display_name == "Ann"


def test_a_password_is_changed_with_the_old_one(client, user):
    response = client.post(
        reverse("account_change_password"),
        {
            "old_password": PASSWORD,
            "new_password1": "another long enough one",
            "new_password2": "another long enough one",
        },
        follow=True,
    )

    assert "Your password was changed." in response.text
    assert User.objects.get().check_password("another long enough one")


def test_a_password_that_is_easily_guessed_is_refused(client, user):
    response = client.post(
        reverse("account_change_password"),
        {
            "old_password": PASSWORD,
            "new_password1": "password1234",
            "new_password2": "password1234",
        },
    )

    assert "too common" in response.text
    assert User.objects.get().check_password(PASSWORD)
