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


def test_a_person_changes_name_zone_dates_and_theme(client, user):
    response = client.post(
        PROFILE,
        {
            "display_name": "Ann Berg",
            "time_zone": "Asia/Tokyo",
            "date_language": "de",
            "theme": "dark",
        },
        follow=True,
    )

    user.refresh_from_db()
    assert "Your profile was saved." in response.text
    assert user.display_name == "Ann Berg"
    assert (user.time_zone, user.date_language) == ("Asia/Tokyo", "de")
    assert '<meta name="theme" content="dark">' in response.text


@pytest.mark.parametrize(
    ("field", "value"),
    [("time_zone", "Mars/Olympus"), ("date_language", "tlh"), ("theme", "neon")],
)
def test_what_is_not_to_be_chosen_is_refused_at_its_field(client, user, field, value):
    response = client.post(PROFILE, {"display_name": "Ann Berg", field: value})

    assert "is not one of the available choices" in response.text
    assert User.objects.get(pk=user.pk).display_name == "Ann"


def test_an_address_is_not_changed_without_being_confirmed(client, user):
    client.post(PROFILE, {"display_name": "Ann", "email": "else@example.org"})

    assert User.objects.get(pk=user.pk).email == user.email


def test_the_zone_of_the_first_browser_is_taken_once(client, user):
    page = client.get(PROFILE).text
    assert f'action="{reverse("accounts:time-zone")}"' in page

    for zone in ("Europe/Oslo", "Asia/Tokyo"):
        answer = client.post(reverse("accounts:time-zone"), {"time_zone": zone})
        assert answer.status_code == 204

    page = client.get(PROFILE).text
    assert "all times Europe/Oslo" in page
    assert reverse("accounts:time-zone") not in page


def test_a_zone_that_is_none_is_refused(client, user):
    answer = client.post(reverse("accounts:time-zone"), {"time_zone": "../etc"})

    assert answer.status_code == 400


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
