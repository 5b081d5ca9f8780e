import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.urls import reverse

from accounts.models import Team, User
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


def test_the_list_is_filtered_sorted_and_exported_with_its_filter(
    client, administrator
):
    team = make_team("Web")
    make_user("Editor", username="zoe", display_name="Zoe", teams=[team])
    make_user("Editor", username="adam", display_name="Adam", is_active=False)
    export = reverse("accounts:users-export")

    def names(**asked):
        return [u.username for u in client.get(LIST, asked).context["page"]]

    assert names(team=team.pk) == ["zoe"]
    assert names(role="Editor", sort="name") == ["adam", "zoe"]
    assert names(role="Editor", sort="-name") == ["zoe", "adam"]
    assert names(state="inactive") == ["adam"]
    assert names(factor="on") == []
    assert names(role="none") == []
    assert len(names(role="Boss", team="x", sort="password", factor="?")) == 3
    text = client.get(export, {"team": team.pk}).getvalue().decode()
    assert [line.split(",")[0] for line in text.splitlines()] == ["username", "zoe"]


def test_a_list_that_nobody_fits_says_so(client, administrator):
    assert "Nobody matches" in client.get(LIST, {"factor": "on"}).text


@pytest.mark.parametrize(
    "tampered",
    [
        {"is_superuser": "on"},
        {"is_staff": "on"},
        {"groups": "1"},
        {"user_permissions": "1"},
        {"password": "x"},
        {"further_groups": "1"},
    ],
)
def test_fields_that_are_not_on_the_form_are_not_read(client, administrator, tampered):
    user = make_user("Viewer")
    password = user.password

    client.post(
        user.get_absolute_url(),
        form(username=user.username, is_active="on", role="Viewer", **tampered),
    )

    user = User.objects.get(pk=user.pk)
    assert user.display_name == "Ann"
    assert not user.is_superuser
    assert not user.is_staff
    assert user.roles() == [Role.VIEWER]
    assert not user.user_permissions.exists()
    assert user.password == password


@pytest.mark.parametrize("role", ["Viewer", "Editor", "Administrator"])
def test_nobody_raises_themselves_by_the_profile(client, role):
    user, team = make_user(role), make_team()
    client.force_login(user)

    client.post(
        reverse("accounts:profile"),
        {
            "display_name": "Ann",
            "email": user.email,
            "is_superuser": "on",
            "is_staff": "on",
            "groups": "3",
            "role": "Administrator",
            "teams": str(team.pk),
        },
    )

    after = User.objects.get(pk=user.pk)
    assert not after.is_superuser
    assert after.is_staff == user.is_staff
    assert after.roles() == [Role(role)]
    assert not after.teams.exists()


def test_a_superuser_s_account_is_no_administrator_s_to_change(client, administrator):
    root = make_user(is_superuser=True)

    for url in (
        root.get_absolute_url(),
        reverse("accounts:user-active", args=[root.pk]),
        reverse("accounts:user-reset", args=[root.pk]),
    ):
        assert client.post(url, form(email="mine@example.org")).status_code == 403
    many = {"users": [root.pk], "action": "deactivate"}
    assert client.post(reverse("accounts:users-change"), many).status_code == 403

    assert User.objects.get(pk=root.pk).is_active
    assert len(mail.outbox) == 0


def test_who_may_change_people_but_is_no_administrator_makes_none(client):
    helper = make_user("Editor")
    helper.user_permissions.add(
        *Permission.objects.filter(codename__in=["change_user", "view_user"])
    )
    viewer, administrator = make_user("Viewer"), make_user("Administrator")
    sign_in(client, helper)

    for user in (viewer, helper):
        page = client.post(
            user.get_absolute_url(),
            form(username=user.username, role="Administrator", is_active="on"),
        )
        assert "Select a valid choice" in page.text
    assert client.get(administrator.get_absolute_url()).status_code == 403

    assert list(User.objects.in_role(Role.ADMINISTRATOR)) == [administrator]


def test_who_has_not_just_proved_who_they_are_is_asked_to(client):
    client.force_login(make_user("Administrator"))
    user = make_user("Viewer")
    proof = reverse("account_reauthenticate")

    for url, data in (
        (user.get_absolute_url(), form(username=user.username)),
        (reverse("accounts:user-active", args=[user.pk]), {"active": "no"}),
        (
            reverse("accounts:users-change"),
            {"users": [user.pk], "action": "Administrator"},
        ),
        (reverse("accounts:users-import"), {}),
    ):
        response = client.post(url, data)
        assert response.status_code == 302
        assert response.url.startswith(proof)

    after = User.objects.get(pk=user.pk)
    assert after.is_active
    assert after.roles() == [Role.VIEWER]


def test_a_password_for_a_new_account_waits_nowhere_for_proof(client):
    client.force_login(make_user("Administrator"))
    url = reverse("accounts:user-add")

    assert client.get(url).url.startswith(reverse("account_reauthenticate"))
    assert client.post(url, form(password1="not to be kept")).url == url
    assert "not to be kept" not in str(dict(client.session))


def test_many_are_changed_at_once_or_nobody(client, administrator):
    users = [make_user("Viewer") for _ in range(3)]
    url = reverse("accounts:users-change")

    def change(people, action):
        data = {"users": [user.pk for user in people], "action": action}
        return client.post(url, data, follow=True).text

    assert "3 accounts were changed" in change(users, "Editor")
    assert User.objects.in_role(Role.EDITOR).count() == 3
    assert "3 accounts were changed" in change(users, "deactivate")
    assert "last administrator" in change([*users, administrator], "Viewer")
    assert User.objects.in_role(Role.EDITOR).count() == 3
    assert "1 account was changed" in change(users[:1], "activate")
    assert "Tick the people" in change([], "activate")
    assert "Choose what to do" in change(users, "")
    assert "Select a valid choice" in change(users, "superuser")


def test_a_reset_link_goes_to_the_person_and_to_nobody_else(client, administrator):
    user = make_user("Viewer")
    url = reverse("accounts:user-reset", args=[user.pk])

    assert client.get(url).status_code == 405
    page = client.post(url, follow=True).text

    assert f"A link was sent to {user.email}" in page
    assert [message.to for message in mail.outbox] == [[user.email]]
    assert "/password/reset/key/" in mail.outbox[0].body
    assert "/password/reset/key/" not in page


def test_who_is_deactivated_gets_no_reset_link(client, administrator):
    user = make_user("Viewer", is_active=False)

    page = client.post(reverse("accounts:user-reset", args=[user.pk]), follow=True)

    assert "no link was sent" in page.text
    assert mail.outbox == []


def test_a_few_people_are_suggested_to_administrators_alone(client, administrator):
    url = reverse("accounts:users-suggest")
    for number in range(30):
        make_user(username=f"lind{number}")
    make_user(username="<b>lind", is_active=True)

    text = client.get(url, {"member": "lind"}).text
    assert text.count("<option") == 20
    assert "<b>" not in text
    assert "<option" not in client.get(url).text
    client.force_login(make_user("Editor"))
    assert client.get(url, {"member": "lind"}).status_code == 403


def test_very_many_teams_are_not_all_shown_to_be_ticked(client, administrator):
    Team.objects.bulk_create(Team(name=f"t{n}", slug=f"t{n}") for n in range(101))
    user = make_user("Editor", teams=[Team.objects.all()[3]])

    shown = client.get(user.get_absolute_url()).context["form"]

    assert list(shown.fields["teams"].queryset) == list(user.teams.all())
    assert (
        not client.get(reverse("accounts:user-add"))
        .context["form"]
        .fields["teams"]
        .queryset
    )
