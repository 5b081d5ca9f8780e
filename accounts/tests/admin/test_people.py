import pytest
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import make_team, make_user, sign_in

pytestmark = pytest.mark.django_db
LIST = reverse("admin:accounts_user_changelist")


def change(user):
    return reverse("admin:accounts_user_change", args=[user.pk])


@pytest.mark.parametrize("people", [1, 50])
def test_the_list_takes_the_same_queries_however_long(
    client, people, django_assert_num_queries
):
    sign_in(client, make_user(is_superuser=True, is_staff=True))
    for _ in range(people):
        make_user("Editor", teams=[make_team()])

    with django_assert_num_queries(8):
        assert "Editor" in client.get(LIST).text


@pytest.mark.parametrize("teams", [1, 50])
def test_the_list_of_teams_takes_the_same_queries_however_long(
    client, teams, django_assert_num_queries
):
    sign_in(client, make_user(is_superuser=True, is_staff=True))
    for _ in range(teams):
        make_user("Editor", teams=[make_team()])

    with django_assert_num_queries(5):
        client.get(reverse("admin:accounts_team_changelist"))


def test_an_administrator_makes_nobody_a_superuser(client):
    sign_in(client, make_user("Administrator"))
    user = make_user("Viewer")

    page = client.get(change(user)).text
    assert 'name="is_superuser"' not in page
    assert 'name="is_active"' in page


def test_a_superuser_s_account_is_changed_by_superusers_alone(client):
    sign_in(client, make_user("Administrator"))
    root = make_user(is_superuser=True)

    assert 'name="email"' not in client.get(change(root)).text
    assert client.post(change(root), {"email": "x@example.org"}).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[root.pk])
    assert client.post(password, {}).status_code == 403


def test_nobody_deletes_accounts(client):
    sign_in(client, make_user(is_superuser=True, is_staff=True))
    user = make_user()

    url = reverse("admin:accounts_user_delete", args=[user.pk])

    assert client.post(url, {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=user.pk).exists()


def test_a_superuser_gives_rights(client):
    sign_in(client, make_user(is_superuser=True, is_staff=True))

    assert 'name="is_superuser"' in client.get(change(make_user())).text


def test_teams_and_groups_have_their_screens(client):
    sign_in(client, make_user(is_superuser=True, is_staff=True))
    team = make_team("Web")

    assert "Web" in client.get(reverse("admin:accounts_team_changelist")).text
    assert (
        client.get(reverse("admin:accounts_team_change", args=[team.pk])).status_code
        == 200
    )
    assert "Viewer" in client.get(reverse("admin:auth_group_changelist")).text
