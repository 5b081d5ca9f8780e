import pytest
from django.urls import reverse

from accounts.models import Team
from accounts.services import teams
from certs.models import Contact, Endpoint, TrustStore
from certs.tests.factories import make_endpoint, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    """Make an editor and three endpoints: theirs, another team's and nobody's."""
    mine, other = make_team(), make_team()
    return {
        "editor": make_user("Editor", teams=[mine]),
        "mine": make_endpoint(team=mine),
        "theirs": make_endpoint(team=other),
        "nobody's": make_endpoint(team=None),
    }


@pytest.mark.parametrize("action", ["change", "delete"])
@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (None, set()),
        ("Viewer", set()),
        ("Editor", {"mine"}),
        ("Administrator", {"mine", "theirs", "nobody's"}),
    ],
)
def test_the_rule_is_the_same_for_a_row_and_for_a_list(site, role, expected, action):
    user = make_user(role, teams=[site["mine"].team])
    rows = {name: row for name, row in site.items() if name != "editor"}

    by_list = set(Endpoint.objects.changeable_by(user, action))
    by_row = {n for n, row in rows.items() if row.is_changeable_by(user, action)}

    assert by_row == expected
    assert by_list == {rows[name] for name in expected}


def test_a_contact_is_under_the_same_rule_as_an_endpoint(site):
    mine = Contact.objects.create(email="a@example.org", team=site["mine"].team)
    Contact.objects.create(email="b@example.org", team=site["theirs"].team)
    administrator = make_user("Administrator")

    assert not Contact.objects.changeable_by(site["editor"]).exists()
    assert Contact.objects.changeable_by(administrator).count() == 2
    assert not mine.is_changeable_by(site["editor"])  # editors add, and link


def fields(endpoint, **changes):
    return {
        "host": endpoint.host,
        "port": endpoint.port,
        "starttls": "",
        "address_mode": "first",
        "environment": "production",
        "renewal_method": "unknown",
        "team": str(endpoint.team_id or ""),
        **changes,
    }


@pytest.mark.parametrize("team", ["theirs", "nobody's"])
def test_an_editor_gives_no_endpoint_away(client, site, team):
    client.force_login(site["editor"])
    endpoint, target = site["mine"], str(site[team].team_id or "")

    page = reverse("certs:endpoint-edit", args=[endpoint.pk])
    screen = reverse("admin:certs_endpoint_change", args=[endpoint.pk])
    for url in (page, screen):
        response = client.post(url, fields(endpoint, team=target))
        form = response.context.get("form") or response.context["adminform"].form
        assert list(form.errors) == ["team"]

    endpoint.refresh_from_db()
    assert endpoint.team == site["mine"].team


@pytest.mark.parametrize("name", ["theirs", "nobody's"])
def test_an_editor_takes_no_endpoint(client, site, name):
    client.force_login(site["editor"])
    endpoint, before = site[name], site[name].team

    for url in (
        reverse("certs:endpoint-edit", args=[endpoint.pk]),
        reverse("admin:certs_endpoint_change", args=[endpoint.pk]),
    ):
        data = fields(endpoint, team=str(site["mine"].team_id))
        assert client.post(url, data).status_code == 403

    endpoint.refresh_from_db()
    assert endpoint.team == before


def test_an_editor_s_selection_deletes_their_own_alone(client, site):
    client.force_login(site["editor"])
    data = {
        "action": "delete_selected",
        "post": "yes",
        "_selected_action": [site["theirs"].pk, site["nobody's"].pk],
    }

    response = client.post(reverse("admin:certs_endpoint_changelist"), data)

    assert response.status_code == 403
    assert Endpoint.objects.count() == 3


def test_an_editor_adds_contacts_to_their_own_teams_alone(client, site):
    client.force_login(site["editor"])
    url = reverse("admin:certs_contact_add")

    for team in (str(site["theirs"].team_id), ""):
        client.post(url, {"email": "x@example.org", "team": team, "is_active": "on"})
    assert not Contact.objects.exists()
    mine = str(site["mine"].team_id)
    client.post(url, {"email": "x@example.org", "team": mine, "is_active": "on"})

    assert Contact.objects.get().team == site["mine"].team


def test_a_contact_of_another_team_is_linked_and_not_changed(client, site):
    contact = Contact.objects.create(
        email="b@example.org", name="Bo", team=site["theirs"].team
    )
    client.force_login(site["editor"])
    endpoint = site["mine"]

    url = reverse("certs:endpoint-edit", args=[endpoint.pk])
    response = client.post(url, fields(endpoint, contacts=contact.email))

    assert response.status_code == 302, response.context["form"].errors
    contact.refresh_from_db()
    assert list(endpoint.contacts.all()) == [contact]
    assert (contact.name, contact.team) == ("Bo", site["theirs"].team)


def test_a_team_s_holdings_are_told_and_outlive_it(site):
    team = site["mine"].team
    Contact.objects.create(email="a@example.org", team=team)
    store = TrustStore.objects.create(name="Ours")
    store.teams.add(team)

    told = {each.kind: each.number for each in teams.holdings([team])[team.pk]}
    assert told == {"endpoints": 1, "contacts": 1, "trust stores": 1}
    teams.delete(team)

    assert not Team.objects.filter(pk=team.pk).exists()
    assert Endpoint.objects.get(pk=site["mine"].pk).team is None
    assert Contact.objects.get().team is None
    assert TrustStore.objects.get() == store
