import pytest
from django.urls import reverse

from accounts.models import Team
from accounts.tests.factories import make_team, make_user

pytestmark = pytest.mark.django_db
LIST = reverse("accounts:teams")


@pytest.fixture
def administrator(client):
    user = make_user("Administrator")
    client.force_login(user)
    return user


def at(name, team, *more):
    return reverse(f"accounts:team-{name}", args=[team.pk, *more])


@pytest.mark.parametrize("role", ["Viewer", "Editor"])
def test_everybody_sees_the_teams_and_administrators_alone_change_them(client, role):
    team = make_team("Web")
    user = make_user(role, teams=[team])
    client.force_login(user)

    assert "Web" in client.get(LIST).text
    assert client.get(at("edit", team)).status_code == 403
    for url in (
        reverse("accounts:team-add"),
        at("edit", team),
        at("delete", team),
        at("member-add", team),
        at("member-remove", team, user.pk),
    ):
        data = {"name": "X", "slug": "x", "member": user.username}
        assert client.post(url, data).status_code == 403
    assert list(Team.objects.values_list("name", flat=True)) == ["Web"]


@pytest.mark.parametrize("teams", [1, 50])
def test_the_list_takes_the_same_queries_however_long(
    client, administrator, teams, django_assert_num_queries
):
    for _ in range(teams):
        make_user("Editor", teams=[make_team()])
    client.get(LIST)

    with django_assert_num_queries(11):
        client.get(LIST)


def test_a_team_is_added_found_and_changed(client, administrator):
    data = {"name": "Web team", "slug": "web", "email": "Web@Example.org"}

    page = client.post(reverse("accounts:team-add"), data, follow=True).text
    assert "Web team was added" in page
    team = Team.objects.get(slug="web")
    assert team.email == "web@example.org"
    assert "Web team" in client.get(LIST, {"q": "WEB@"}).text
    assert "No team matches" in client.get(LIST, {"q": "nothing"}).text

    page = client.post(at("edit", team), {**data, "name": "Net"}, follow=True).text
    assert "Net was saved" in page
    other = make_team("Other")
    page = client.post(at("edit", other), data).text
    assert "already exists" in page
    assert "Edit Other" in page


def test_a_list_without_a_team_says_so(client, administrator):
    assert "No team yet" in client.get(LIST).text


def test_members_come_by_user_name_or_address_and_go(client, administrator):
    team, ann, bo = make_team(), make_user(), make_user()

    def add(member):
        return client.post(at("member-add", team), {"member": member}, follow=True).text

    assert "is in" in add(ann.username)
    assert "is in" in add(bo.email.upper())
    assert "Nobody has the user name" in add("<b>")
    assert "required" in add("")
    assert set(team.members.all()) == {ann, bo}
    gone = client.post(at("member-remove", team, ann.pk), follow=True).text
    assert "is no longer in" in gone
    assert list(team.members.all()) == [bo]


@pytest.mark.parametrize("members", [1, 60])
def test_a_team_s_page_takes_the_same_queries_however_many_are_in_it(
    client, administrator, members, django_assert_num_queries
):
    team = make_team()
    team.members.set(make_user() for _ in range(members))
    client.get(at("edit", team))

    with django_assert_num_queries(14):
        client.get(at("edit", team))


def test_a_team_is_deleted_after_a_question_and_its_members_stay(client, administrator):
    team = make_team("Web")
    user = make_user("Editor", teams=[team])

    page = client.get(at("delete", team)).text
    assert "1 member, who keeps account" in page
    assert Team.objects.exists()
    client.post(at("delete", team))

    assert not Team.objects.exists()
    user.refresh_from_db()
    assert user.is_active
