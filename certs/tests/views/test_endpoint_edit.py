import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from certs.models import DeepCheck, Endpoint, Observation
from certs.pki.x509 import parse_der
from certs.tests.factories import (
    make_checked,
    make_endpoint,
    make_store,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db
ADD = reverse("certs:endpoint-add")


@pytest.fixture
def team():
    return make_team("Web")


@pytest.fixture
def editor(client, team):
    user = make_user("Editor", teams=[team])
    client.force_login(user)
    return user


def url(name, endpoint):
    return reverse(f"certs:endpoint-{name}", args=[endpoint.pk])


def data(team, **fields):
    return {
        "host": "www.example.org",
        "address_mode": "first",
        "environment": "production",
        "renewal_method": "acme",
        "team": str(team.pk),
        **fields,
    }


def messages(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_an_endpoint_is_added(client, editor, team):
    response = client.post(ADD, data(team, contacts="ann@example.org", tags="shop"))

    endpoint = Endpoint.objects.get()
    assert response.url == endpoint.get_absolute_url()
    assert messages(response) == ["www.example.org:443 was added."]
    assert endpoint.team == team
    assert [str(tag) for tag in endpoint.tags.all()] == ["shop"]
    assert endpoint.status == "unknown"


def test_a_refused_form_keeps_what_was_typed_and_writes_nothing(client, editor, team):
    response = client.post(ADD, data(team, port="70000", notes="Do not lose me"))

    assert response.status_code == 200
    assert "Do not lose me" in response.text
    assert 'value="70000"' in response.text
    assert not Endpoint.objects.exists()


def test_a_paste_of_five_megabytes_is_refused_at_its_field(client, editor, team):
    response = client.post(ADD, data(team, notes="x" * 5_000_000))

    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["notes"]


def test_an_endpoint_is_edited(client, editor, team):
    endpoint = make_checked("old.example.org", team=team)

    assert "old.example.org" in client.get(url("edit", endpoint)).text
    client.post(url("edit", endpoint), data(team, host="new.example.org"))

    endpoint.refresh_from_db()
    assert (endpoint.host, endpoint.renewal_method) == ("new.example.org", "acme")
    assert endpoint.status == "unknown"


def test_a_refused_change_leaves_the_endpoint_as_it_was(client, editor, team):
    endpoint = make_checked("old.example.org", team=team)

    response = client.post(url("edit", endpoint), data(team, host="two words"))

    assert response.status_code == 200
    endpoint.refresh_from_db()
    assert endpoint.host == "old.example.org"


def test_deleting_asks_first_and_takes_the_history_along(client, editor, team):
    endpoint = make_endpoint("old.example.org", team=team)

    page = client.get(url("delete", endpoint))
    assert "old.example.org" in page.text
    assert Endpoint.objects.exists()

    response = client.post(url("delete", endpoint))
    assert response.url == reverse("certs:endpoints")
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize("name", ["edit", "delete", "check", "deep-check"])
def test_an_editor_changes_nothing_of_another_team(client, editor, name):
    endpoint = make_endpoint("theirs.example.org", team=make_team())

    assert client.post(url(name, endpoint), {}).status_code == 403
    assert Endpoint.objects.get().host == "theirs.example.org"
    assert not Observation.objects.exists()
    assert not DeepCheck.objects.exists()


@pytest.mark.parametrize("name", ["edit", "delete", "check", "deep-check"])
def test_a_viewer_changes_nothing(client, team, name):
    client.force_login(make_user("Viewer", teams=[team]))
    endpoint = make_endpoint(team=team)

    assert client.post(url(name, endpoint), {}).status_code == 403
    assert client.get(ADD).status_code == 403


def test_an_editor_gives_nothing_to_another_team(client, editor, team):
    endpoint = make_endpoint("www.example.org", team=team)

    client.post(url("edit", endpoint), data(make_team()))

    endpoint.refresh_from_db()
    assert endpoint.team == team


@pytest.mark.parametrize("name", ["check", "deep-check"])
def test_a_check_is_a_post(client, editor, team, name):
    assert client.get(url(name, make_endpoint(team=team))).status_code == 405


def test_a_deep_check_of_an_own_endpoint_is_shown_on_its_page(
    client, editor, team, fleet_today
):
    make_store("Demo", roots=map(parse_der, fleet_today.roots))
    member = next(each for each in fleet_today.members if each.name == "tls12-only")
    endpoint = make_endpoint(
        member.host,
        port=member.port,
        team=team,
        address_mode="listed",
        addresses=(member.address,),
    )

    response = client.post(url("deep-check", endpoint), follow=True)

    assert response.redirect_chain == [(endpoint.get_absolute_url(), 302)]
    assert "OK" in messages(response)[-1]
    page = response.text
    assert "Protocols and ciphers" in page
    assert '<td class="a1 nw">TLSv1.2</td>' in page
    assert "TLSv1.3</td>" not in page
    assert "graded after a deep check" in page
    assert "A- because" in page
    endpoint.refresh_from_db()
    assert endpoint.grade == "A-"


def test_check_now_looks_at_the_real_server_and_says_what_it_found(client, fleet_today):
    client.force_login(make_user("Administrator"))
    make_store("Demo", roots=map(parse_der, fleet_today.roots))
    found = {}
    for member in fleet_today.members:
        if member.name in {"expired", "refuses", "www"}:
            endpoint = make_endpoint(
                member.host,
                port=member.port,
                address_mode="listed",
                addresses=(member.address,),
            )
            response = client.post(url("check", endpoint))
            found[member.name] = messages(response)[-1]

    assert found["www"].endswith("days left.")
    assert "OK" in found["www"]
    assert "refused" in found["refuses"]
    assert "Expired" in found["expired"]
    assert len(found) == 3


def test_add_and_check_does_both(client, editor, team, fleet_today):
    member = next(member for member in fleet_today.members if member.name == "www")

    response = client.post(
        ADD,
        data(
            team,
            host=member.host,
            port=member.port,
            address_mode="listed",
            addresses=member.address,
            check="",
        ),
    )

    assert len(messages(response)) == 2
    assert Endpoint.objects.get().status == "up"


def test_a_check_of_what_was_changed_meanwhile_says_so(
    client, editor, team, monkeypatch
):
    endpoint = make_endpoint(team=team)
    monkeypatch.setattr("certs.services.watch.observe", lambda *_, **__: iter(()))

    response = client.post(url("check", endpoint))

    assert messages(response) == ["It was changed meanwhile. Check it again."]
