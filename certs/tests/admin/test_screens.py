import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.urls import reverse
from django.utils import timezone

from certs.admin import filters
from certs.models import Certificate, Contact, Endpoint, Observation
from certs.tests.factories import (
    make_certificate,
    make_checked,
    make_endpoint,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    user = make_user("Administrator")
    client.force_login(user)
    return user


@pytest.fixture
def team():
    return make_team("Web")


@pytest.fixture
def editor(client, team):
    user = make_user("Editor", teams=[team])
    client.force_login(user)
    return user


def screen(model, name="changelist", *args):
    return reverse(f"admin:certs_{model}_{name}", args=args)


def checked(host=None, *, days=90, **fields):
    return make_checked(host, days=days, now=timezone.now(), **fields)


def observed(endpoint):
    now = timezone.now()
    return endpoint.observations.create(
        certificate=endpoint.certificate,
        first_seen_at=now,
        last_seen_at=now,
        name_matches=True,
        is_trusted=True,
    )


def shown(response):
    return [str(row) for row in response.context["cl"].result_list]


MODELS = ["endpoint", "certificate", "observation", "contact", "tag"]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("role", ["Editor", "Administrator"])
def test_staff_see_every_kind_of_record(client, model, role):
    client.force_login(make_user(role, teams=[make_team()]))
    observed(checked("www.example.org", contacts=["ann@example.org"], tags=["shop"]))

    response = client.get(screen(model))

    assert response.status_code == 200
    assert len(shown(response)) == 1
    row = response.context["cl"].result_list[0]
    assert client.get(screen(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize(
    ("model", "queries"),
    [
        ("endpoint", 8),
        ("certificate", 6),
        ("observation", 6),
        ("contact", 8),
        ("tag", 7),
    ],
)
@pytest.mark.parametrize("rows", [1, 50])
def test_every_list_takes_the_same_queries_however_long(
    client, administrator, django_assert_num_queries, model, queries, rows
):
    for number in range(rows):
        contact = f"ann{number}@example.org"
        fields = {"contacts": [contact], "tags": [f"t{number}"], "team": make_team()}
        observed(checked(**fields))

    with django_assert_num_queries(queries):
        assert client.get(screen(model)).status_code == 200


def test_the_search_of_endpoints_is_the_search_of_the_pages(client, administrator):
    endpoint = checked("www.example.org", contacts=["ann@example.org"])
    make_endpoint("other.example.net")

    for term in ("WWW.", "ann@", endpoint.certificate.serial_number, "Test Issuing"):
        response = client.get(screen("endpoint"), {"q": term})
        assert shown(response) == ["www.example.org:443"], term
    assert len(shown(client.get(screen("endpoint"), {"q": " "}))) == 2


def test_the_search_of_certificates_finds_names_and_numbers(client, administrator):
    certificate = make_certificate("www.example.org")
    make_certificate("other.example.net")

    for term in ("www.", certificate.serial_number, certificate.fingerprint_sha256):
        response = client.get(screen("certificate"), {"q": term})
        assert shown(response) == ["www.example.org"], term
    assert len(shown(client.get(screen("certificate"), {"q": " "}))) == 2


@pytest.mark.parametrize(
    ("state", "host"),
    [
        ("expired", "past.example.org"),
        ("ok", "good.example.org"),
        ("unchecked", "new.example.org"),
    ],
)
@pytest.mark.parametrize("few", [0, 1000])
def test_endpoints_are_filtered_by_the_status_that_people_see(
    client, administrator, state, host, few, monkeypatch
):
    monkeypatch.setattr(filters, "FEW", few)
    checked("past.example.org", days=-1)
    checked("good.example.org")
    make_endpoint("new.example.org")

    assert shown(client.get(screen("endpoint"), {"health": state})) == [f"{host}:443"]
    assert len(shown(client.get(screen("endpoint"), {"health": "nonsense"}))) == 3


@pytest.mark.parametrize(
    ("valid", "name"),
    [
        ("now", "now.example.org"),
        ("ended", "past.example.org"),
        ("later", "later.example.org"),
    ],
)
def test_certificates_are_filtered_by_validity(client, administrator, valid, name):
    now = timezone.now()
    make_certificate("now.example.org", now=now)
    make_certificate("past.example.org", days=-1, now=now)
    make_certificate("later.example.org", days=90, lifetime=10, now=now)

    assert shown(client.get(screen("certificate"), {"valid": valid})) == [name]
    assert len(shown(client.get(screen("certificate")))) == 3


@pytest.mark.parametrize("model", ["certificate", "observation"])
def test_evidence_is_looked_at_and_never_changed(client, model):
    client.force_login(make_user(is_superuser=True, is_staff=True))
    run_ = observed(checked())
    row = run_ if model == "observation" else run_.certificate

    page = client.get(screen(model, "change", row.pk))

    assert page.status_code == 200
    assert 'name="_save"' not in page.text
    assert client.post(screen(model, "change", row.pk), {}).status_code == 403
    assert (
        client.post(screen(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    )
    assert client.get(screen(model, "add")).status_code == 403
    assert (Certificate.objects.count(), Observation.objects.count()) == (1, 1)


def test_a_certificate_links_to_the_endpoints_that_serve_it(client, administrator):
    endpoint = checked("www.example.org")

    page = client.get(screen("certificate", "change", endpoint.certificate.pk)).text

    assert endpoint.get_absolute_url() in page
    unserved = make_certificate()
    assert client.get(screen("certificate", "change", unserved.pk)).status_code == 200


def test_pages_and_admin_link_to_each_other(client, administrator):
    endpoint = checked()
    record = screen("endpoint", "change", endpoint.pk)

    assert record in client.get(endpoint.get_absolute_url()).text
    assert "View on site" in client.get(record).text


def form(team, **fields):
    return {
        "host": "www.example.org",
        "port": "443",
        "address_mode": "first",
        "environment": "production",
        "renewal_method": "unknown",
        "team": str(team.pk),
        **fields,
    }


def test_an_endpoint_is_added_and_moved_as_on_the_pages(client, administrator, team):
    contact = Contact.objects.create(email="ann@example.org")

    client.post(screen("endpoint", "add"), form(team, contacts=[str(contact.pk)]))
    endpoint = Endpoint.objects.get()
    assert list(endpoint.contacts.all()) == [contact]

    Endpoint.objects.update(error_code="refused", status="down")
    client.post(screen("endpoint", "change", endpoint.pk), form(team, port="8443"))
    endpoint.refresh_from_db()
    assert (endpoint.port, endpoint.status) == (8443, "unknown")


def test_what_cannot_be_is_refused_at_its_field(client, administrator, team):
    response = client.post(screen("endpoint", "add"), form(team, host="two words"))

    assert "host" in response.context["adminform"].form.errors
    assert not Endpoint.objects.exists()


def test_the_state_cannot_be_posted(client, administrator, team):
    client.post(screen("endpoint", "add"), form(team, status="up", issuer="Me"))

    endpoint = Endpoint.objects.get()
    assert (endpoint.status, endpoint.issuer) == ("unknown", "")


def test_an_editor_changes_what_their_teams_look_after(client, editor, team):
    own, other = make_endpoint(team=team), make_endpoint(team=make_team())

    page = client.get(screen("endpoint", "change", own.pk))
    assert 'name="_save"' in page.text
    page = client.get(screen("endpoint", "change", other.pk))
    assert 'name="_save"' not in page.text
    for name in ("change", "delete"):
        url = screen("endpoint", name, other.pk)
        assert client.post(url, {"post": "yes"}).status_code == 403


def test_an_editor_gives_nothing_to_another_team(client, editor, team):
    response = client.post(screen("endpoint", "add"), form(make_team()))
    assert "team" in response.context["adminform"].form.errors
    response = client.post(screen("endpoint", "add"), {**form(team), "team": ""})
    assert "team" in response.context["adminform"].form.errors

    client.post(screen("endpoint", "add"), form(team))
    assert Endpoint.objects.get().team == team


def test_deleting_an_endpoint_takes_its_history_along(client, editor, team):
    one, two = checked(team=team), checked(team=team)
    other = checked(team=make_team())
    for endpoint in (one, two, other):
        observed(endpoint)

    url = screen("endpoint", "delete", one.pk)
    assert client.get(url).status_code == 200
    client.post(url, {"post": "yes"})
    data = {
        "action": "delete_selected",
        "_selected_action": [str(two.pk)],
        "post": "yes",
    }
    client.post(screen("endpoint"), data)
    assert list(Endpoint.objects.all()) == [other]
    client.post(screen("endpoint"), {**data, "_selected_action": [str(other.pk)]})
    assert list(Endpoint.objects.all()) == [other]
    assert Observation.objects.count() == 1


@pytest.mark.parametrize("role", ["Editor", "Administrator"])
def test_trust_and_grade_are_shown_and_never_edited(client, team, role):
    client.force_login(make_user(role, teams=[team]))
    endpoint = checked(team=team, starttls="smtp", port=25)
    ended = checked(team=team, days=-1)
    Endpoint.objects.update(grade="B", findings=("wildcard",))

    page = client.get(screen("endpoint", "change", endpoint.pk)).text

    assert 'name="starttls"' in page
    assert '<option value="smtp" selected>SMTP</option>' in page
    assert '<span class="grade grade-B">B</span>' in page
    for name in ("grade", "is_trusted", "findings"):
        assert f'name="{name}"' not in page
    page = client.get(screen("endpoint", "change", ended.pk)).text
    assert '<span class="grade grade-T">T</span>' in page


def test_endpoints_are_filtered_by_the_grade_that_people_see(client, administrator):
    good, ended = checked("good.example.org"), checked("ended.example.org", days=-1)
    Endpoint.objects.update(grade="A")
    new = make_endpoint("new.example.org")

    def found(grade):
        page = client.get(screen("endpoint"), {"grade": grade})
        return list(page.context["cl"].queryset)

    assert found("A") == [good]
    assert found("T") == [ended]
    assert found("none") == [new]
    assert found("B") == []
    assert (
        len(client.get(screen("endpoint"), {"grade": "Z"}).context["cl"].queryset) == 3
    )


def test_the_selection_is_exported_as_csv(client, administrator):
    one, two = make_endpoint("a.example.org"), make_endpoint("b.example.org")

    response = client.post(
        screen("endpoint"),
        {"action": "export_as_csv", "_selected_action": [str(one.pk)]},
    )
    text = b"".join(response.streaming_content).decode()

    assert [row["host"] for row in csv.DictReader(StringIO(text))] == ["a.example.org"]
    assert two.host not in text


def test_a_certificate_without_an_end_is_shown_east_of_greenwich(client):
    """9999-12-31T23:59:59Z is "no end" (RFC 5280, 4.1.2.5) and has no local time."""
    user = make_user(is_superuser=True, is_staff=True, time_zone="Asia/Tokyo")
    client.force_login(user)
    endpoint = checked()
    never = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    Certificate.objects.update(not_after=never)
    Endpoint.objects.update(not_after=never)

    for url in (
        screen("endpoint"),
        screen("endpoint", "change", endpoint.pk),
        screen("certificate"),
        screen("certificate", "change", endpoint.certificate.pk),
        endpoint.get_absolute_url(),
        reverse("certs:endpoints"),
        reverse("certs:dashboard"),
    ):
        page = client.get(url)
        assert page.status_code == 200, url
    assert "9999" in client.get(screen("certificate")).text


def test_a_contact_that_was_edited_lets_its_endpoints_be_looked_at(
    client, administrator
):
    endpoint = make_endpoint(contacts=["ops@example.org"])
    Endpoint.objects.update(next_notice_at=timezone.now())
    contact = Contact.objects.get()

    form = {"email": contact.email, "name": "Ops", "team": ""}
    answer = client.post(screen("contact", "change", contact.pk), form)

    assert answer.status_code == 302
    contact.refresh_from_db()
    endpoint.refresh_from_db()
    assert not contact.is_active
    assert endpoint.next_notice_at.year == 2000
