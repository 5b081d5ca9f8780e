import pytest
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import make_user

pytestmark = pytest.mark.django_db
PROFILE = reverse("accounts:profile")


@pytest.fixture
def user(client):
    user = make_user("Viewer", display_name="Ann")
    client.force_login(user)
    return user


def test_a_person_changes_name_and_zone(client, user):
    response = client.post(
        PROFILE,
        {"display_name": "Ann Berg", "time_zone": "Asia/Tokyo"},
        follow=True,
    )

    user.refresh_from_db()
    assert "Your profile was saved." in response.text
    assert (user.display_name, user.time_zone) == ("Ann Berg", "Asia/Tokyo")


def test_an_address_is_not_changed_in_passing(client, user):
    client.post(PROFILE, {"display_name": "Ann", "email": "new@example.org"})

    assert User.objects.get(pk=user.pk).email == user.email


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


def test_a_form_that_is_refused_keeps_what_was_typed(client, user):
    response = client.post(PROFILE, {"display_name": "New name", "time_zone": "Mars"})

    assert "not one of the available choices" in response.text
    assert "New name" in response.text
    assert User.objects.get(pk=user.pk).display_name == "Ann"
