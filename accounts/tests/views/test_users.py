import pytest
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import make_team, make_user, sign_in

pytestmark = pytest.mark.django_db
LIST = reverse("accounts:users")


@pytest.fixture
def administrator(client):
    user = make_user("Administrator")
    sign_in(client, user)
    return user


def form(**fields):
    return {
        "username": "ann",
        "display_name": "Ann",
        "email": "ann@example.org",
        "role": "Editor",
        **fields,
    }


@pytest.mark.parametrize("role", ["Viewer", "Editor", None])
def test_only_administrators_see_or_change_people(client, role):
    user = make_user(role)
    client.force_login(user)

    for url in (LIST, reverse("accounts:user-add"), user.get_absolute_url()):
        assert client.get(url).status_code == 403
        assert client.post(url, form()).status_code in {403, 405}
    active = reverse("accounts:user-active", args=[user.pk])
    assert client.post(active, {"active": ""}).status_code == 403
    assert User.objects.count() == 1


def test_the_list_shows_role_and_teams_and_is_searched(client, administrator):
    make_user("Editor", display_name="Bo Lind", teams=[make_team("Web")])

    assert "Bo Lind" in client.get(LIST).text
    found = client.get(LIST, {"q": "lind"}).text
    assert "Bo Lind" in found
    assert "Web" in found
    assert administrator.email not in found.partition("<main")[2]


@pytest.mark.parametrize("people", [1, 50])
def test_the_list_takes_the_same_queries_however_long(
    client, administrator, people, django_assert_num_queries
):
    for _ in range(people):
        make_user("Viewer", teams=[make_team()])

    with django_assert_num_queries(10):
        client.get(LIST)


def test_a_person_is_added_with_role_teams_and_first_password(client, administrator):
    team = make_team()

    client.post(
        reverse("accounts:user-add"),
        form(
            teams=[team.pk],
            password1="a long enough password",
            password2="a long enough password",
        ),
    )

    user = User.objects.get(username="ann")
    assert user.roles() == [Role.EDITOR]
    assert list(user.teams.all()) == [team]
    assert user.check_password("a long enough password")
    assert not user.is_superuser


def test_a_person_that_cannot_be_added_leaves_the_form_as_it_was(client, administrator):
    response = client.post(
        reverse("accounts:user-add"),
        form(password1="short", password2="short", email=administrator.email),
    )

    assert response.status_code == 200
    assert "too short" in response.text
    assert "Somebody else has this address" in response.text
    assert 'value="Ann"' in response.text
    assert not User.objects.filter(username="ann").exists()


def test_a_person_is_changed(client, administrator):
    user = make_user("Viewer")

    client.post(user.get_absolute_url(), form(username=user.username, is_active="on"))

    user = User.objects.get(pk=user.pk)
    assert user.roles() == [Role.EDITOR]
    assert user.display_name == "Ann"
    assert user.is_active


def test_the_form_shows_what_the_person_is_now(client, administrator):
    editor = make_user("Editor", teams=[make_team("Web")])
    root = make_user(is_superuser=True)

    shown = client.get(editor.get_absolute_url()).context["form"]
    assert shown["role"].value() == Role.EDITOR
    assert shown["teams"].value() == [team.pk for team in editor.teams.all()]
    shown = client.get(make_user().get_absolute_url()).context["form"]
    assert shown["role"].value() == Role.VIEWER
    sign_in(client, root)
    shown = client.get(root.get_absolute_url()).context["form"]
    assert shown["role"].value() == Role.ADMINISTRATOR


def test_the_last_administrator_is_kept_and_told_why(client, administrator):
    response = client.post(
        administrator.get_absolute_url(),
        form(username=administrator.username, is_active="on"),
    )
    assert "last administrator" in response.text

    response = client.post(
        reverse("accounts:user-active", args=[administrator.pk]), follow=True
    )
    assert "last administrator" in response.text
    assert User.objects.get(pk=administrator.pk).is_active


def test_a_person_is_deactivated_and_let_in_again(client, administrator):
    user = make_user("Viewer")
    url = reverse("accounts:user-active", args=[user.pk])

    assert client.get(url).status_code == 405
    assert "was deactivated" in client.post(url, follow=True).text
    assert not User.objects.get(pk=user.pk).is_active
    assert "can sign in again" in client.post(url, {"active": "yes"}, follow=True).text
    assert User.objects.get(pk=user.pk).is_active


def test_a_person_who_is_not_there_is_not_found(client, administrator):
    url = reverse("accounts:user-edit", args=["00000000-0000-7000-8000-000000000000"])

    assert client.get(url).status_code == 404
