import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from accounts.roles import Role
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


def test_superusers_alone_choose_a_password_for_somebody(client):
    user = make_user("Viewer")
    before = User.objects.get(pk=user.pk).password
    url = reverse("admin:auth_user_password_change", args=[user.pk])
    data = {"password1": "a new long password", "password2": "a new long password"}

    sign_in(client, make_user("Administrator"))
    assert client.get(url).status_code == 403
    assert client.post(url, data).status_code == 403
    assert 'href="../password/"' not in client.get(change(user)).text
    assert User.objects.get(pk=user.pk).password == before

    sign_in(client, make_user(is_superuser=True, is_staff=True))
    assert 'href="../password/"' in client.get(change(user)).text
    assert client.get(url).status_code == 200
    assert client.post(url, data).status_code == 302
    assert User.objects.get(pk=user.pk).check_password("a new long password")


def test_one_s_own_password_is_changed_on_the_site_s_page(client):
    sign_in(client, make_user("Editor"))

    answer = client.post(reverse("admin:password_change"), {"old_password": "x"})

    assert answer.url == reverse("account_change_password")


@pytest.mark.parametrize("name", ["accounts_user_add", "auth_user_password_change"])
def test_a_password_sent_too_late_is_not_kept_until_somebody_has_proved_who_they_are(
    client, name
):
    client.force_login(make_user(is_superuser=True, is_staff=True))
    args = [make_user("Viewer").pk] if name.startswith("auth") else []
    url = reverse(f"admin:{name}", args=args)

    shown = client.get(url)
    sent = client.post(url, {"password1": "a new long password"})

    assert shown.url.startswith(reverse("account_reauthenticate"))
    assert sent.url == url
    assert "a new long password" not in str(dict(client.session))


@pytest.mark.parametrize(
    "model",
    [
        "account_emailaddress",
        "mfa_authenticator",
        "socialaccount_socialaccount",
        "socialaccount_socialapp",
        "socialaccount_socialtoken",
        "usersessions_usersession",
    ],
)
def test_what_allauth_keeps_has_no_screen(model):
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:{model}_changelist")


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


@pytest.mark.parametrize("users", [1, 50])
def test_the_list_takes_the_same_queries_with_each_filter(
    client, users, django_assert_num_queries
):
    team = make_team()
    sign_in(client, make_user(is_superuser=True, is_staff=True))
    for _ in range(users):
        make_user("Editor", teams=[team])
    asked = {"role": "Editor", "team": team.pk, "factor": "off", "is_active__exact": 1}
    client.get(LIST, asked)

    with django_assert_num_queries(11):
        page = client.get(LIST, asked)
    assert page.context["cl"].result_count == users


def fill(user, **changes):
    return {
        "username": user.username,
        "display_name": "Ann",
        "email": user.email,
        "is_active": "on",
        "role": "Viewer",
        "Team_members-TOTAL_FORMS": 0,
        "Team_members-INITIAL_FORMS": 0,
        **changes,
    }


def test_an_administrator_gives_roles_by_the_service(client):
    sign_in(client, make_user("Administrator"))
    user = make_user("Viewer")

    assert client.post(change(user), fill(user, role="Editor")).status_code == 302

    user = User.objects.get(pk=user.pk)
    assert user.roles() == [Role.EDITOR]
    assert user.is_staff


@pytest.mark.parametrize(
    "tampered",
    [
        {"is_superuser": "on"},
        {"groups": "3"},
        {"further_groups": "more"},
        {"user_permissions": "1"},
    ],
)
def test_fields_that_are_not_shown_are_not_read(client, tampered):
    group = Group.objects.create(name="More")
    sign_in(client, make_user("Administrator"))
    user = make_user("Viewer")
    if "further_groups" in tampered:
        tampered = {"further_groups": group.pk}

    assert client.post(change(user), fill(user, **tampered)).status_code == 302

    user = User.objects.get(pk=user.pk)
    assert not user.is_superuser
    assert not user.is_staff
    assert [each.name for each in user.groups.all()] == ["Viewer"]
    assert not user.user_permissions.exists()


def test_a_superuser_gives_further_groups_and_the_role_stays(client):
    group = Group.objects.create(name="More")
    sign_in(client, make_user(is_superuser=True, is_staff=True))
    user = make_user("Editor")

    client.post(change(user), fill(user, role="Editor", further_groups=group.pk))

    assert {each.name for each in user.groups.all()} == {"Editor", "More"}


@pytest.mark.parametrize("changes", [{"role": "Editor"}, {"is_active": ""}])
def test_the_last_administrator_is_kept_and_the_form_says_why(client, changes):
    user = make_user("Administrator")
    sign_in(client, user)

    page = client.post(
        change(user), fill(user, **{"role": "Administrator", **changes})
    ).text

    assert "last administrator" in page
    user = User.objects.get(pk=user.pk)
    assert user.is_active
    assert user.roles() == [Role.ADMINISTRATOR]


def test_a_superuser_who_is_the_last_administrator_stays_one(client):
    user = make_user("Viewer", is_superuser=True, is_staff=True)
    sign_in(client, user)

    assert "last administrator" in client.post(change(user), fill(user)).text
    assert User.objects.get(pk=user.pk).is_superuser


def test_an_account_is_added_with_a_role(client):
    sign_in(client, make_user("Administrator"))

    client.post(
        reverse("admin:accounts_user_add"),
        {
            "username": "ann",
            "email": "ann@example.org",
            "role": "Editor",
            "password1": "a long enough password",
            "password2": "a long enough password",
        },
    )

    user = User.objects.get(username="ann")
    assert user.roles() == [Role.EDITOR]
    assert user.is_staff


def test_an_address_that_is_somebody_else_s_is_refused(client):
    sign_in(client, make_user("Administrator"))
    user, other = make_user("Viewer"), make_user()

    page = client.post(change(user), fill(user, email=other.email)).text

    assert "Somebody else has this address" in page


def act(client, action, users):
    data = {"action": action, "_selected_action": [user.pk for user in users]}
    return client.post(LIST, data, follow=True)


def test_actions_change_all_who_are_selected_or_nobody(client):
    administrator = make_user("Administrator")
    sign_in(client, administrator)
    users = [make_user("Viewer") for _ in range(3)]

    assert "3 accounts were changed" in act(client, "make_editors", users).text
    assert "3 accounts were changed" in act(client, "deactivate", users).text
    assert "3 accounts were changed" in act(client, "activate", users).text
    all_of_them = [administrator, *users]
    assert "last administrator" in act(client, "make_viewers", all_of_them).text
    assert User.objects.in_role(Role.EDITOR).count() == 3
    assert "1 account was" in act(client, "make_administrators", users[:1]).text
    root = make_user(is_superuser=True)
    assert act(client, "deactivate", [root]).status_code == 403


def test_who_has_not_just_proved_who_they_are_is_asked_to(client):
    client.force_login(make_user("Administrator"))
    user = make_user("Viewer")

    for response in (
        client.post(change(user), fill(user, role="Editor")),
        client.post(LIST, {"action": "deactivate", "_selected_action": user.pk}),
    ):
        assert response.url.startswith(reverse("account_reauthenticate"))

    user = User.objects.get(pk=user.pk)
    assert user.is_active
    assert user.roles() == [Role.VIEWER]


@pytest.mark.parametrize("is_superuser", [True, False])
def test_roles_are_neither_renamed_nor_deleted_nor_given_other_rights(
    client, is_superuser
):
    user = make_user("Administrator", is_superuser=is_superuser, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__model="group"))
    sign_in(client, user)
    role = Group.objects.get(name="Administrator")
    rights = set(role.permissions.all())

    change = reverse("admin:auth_group_change", args=[role.pk])
    delete = reverse("admin:auth_group_delete", args=[role.pk])
    assert client.post(change, {"name": "X"}).status_code == 403
    assert client.post(delete, {"post": "yes"}).status_code == 403
    data = {"action": "delete_selected", "_selected_action": role.pk, "post": "yes"}
    client.post(reverse("admin:auth_group_changelist"), data)

    role.refresh_from_db()
    assert role.name == "Administrator"
    assert set(role.permissions.all()) == rights


def test_superusers_alone_make_groups_of_a_site_s_own(client):
    url = reverse("admin:auth_group_add")
    helper = make_user("Administrator")
    helper.user_permissions.set(Permission.objects.filter(content_type__model="group"))
    sign_in(client, helper)
    assert client.post(url, {"name": "More"}).status_code == 403
    sign_in(client, make_user(is_superuser=True, is_staff=True))
    client.post(url, {"name": "More"})

    assert Group.objects.filter(name="More").exists()
