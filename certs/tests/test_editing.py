"""Two people who edit the same record at once, on a page and in the admin."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tests.factories import make_team, make_user, sign_in
from certs.models import Endpoint, Tag
from certs.services import inventory
from certs.tests.factories import NOW, make_certificate, make_endpoint

STALE = "Somebody else saved this since you opened it"


@pytest.fixture
def administrator(client):
    user = make_user("Administrator")
    sign_in(client, user)
    return user


def page(endpoint):
    return reverse("certs:endpoint-edit", args=[endpoint.pk])


def screen(row):
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])


def filled(client, url):
    """Open the form at `url` and return what a browser would send back."""
    response = client.get(url)
    admin_form = response.context.get("adminform")
    form = admin_form.form if admin_form else response.context["form"]
    sent: dict[str, object] = {}
    for field in form:
        value = field.value()
        if isinstance(value, bool):
            sent |= {field.name: "on"} if value else {}
        elif isinstance(value, list | tuple) and field.name not in ("addresses",):
            sent[field.name] = (
                "\n".join(value)
                if field.name == "contacts" and not admin_form
                else [str(getattr(each, "pk", each)) for each in value]
            )
        elif value is not None:
            sent[field.name] = "\n".join(value) if isinstance(value, tuple) else value
    for hidden in re.findall(r'name="(\w+-(?:TOTAL|INITIAL)_FORMS)"', response.text):
        sent[hidden] = "0"
    return sent


@pytest.mark.django_db
@pytest.mark.parametrize("address", [page, screen])
def test_a_form_opened_before_somebody_elses_save_is_refused(
    client, administrator, address
):
    endpoint = make_endpoint(notes="old")
    mine = filled(client, address(endpoint))
    theirs = Endpoint.objects.get(pk=endpoint.pk)
    theirs.notes = "what they wrote"
    inventory.save_endpoint(theirs)

    response = client.post(address(endpoint), mine | {"notes": "what I wrote"})

    endpoint.refresh_from_db()
    assert endpoint.notes == "what they wrote"
    assert STALE in response.text
    assert re.search(r"Notes.*what they wrote.*what I wrote", response.text, re.DOTALL)


@pytest.mark.django_db
@pytest.mark.parametrize("address", [page, screen])
def test_who_has_seen_both_versions_may_save(client, administrator, address):
    endpoint = make_endpoint(notes="old")
    mine = filled(client, address(endpoint)) | {"notes": "what I wrote"}
    Endpoint.objects.filter(pk=endpoint.pk).update(notes="what they wrote")
    refused = client.post(address(endpoint), mine)
    [seen] = re.findall(r'name="opened" value="(\w+)"', refused.text)

    response = client.post(address(endpoint), mine | {"opened": seen})

    endpoint.refresh_from_db()
    assert response.status_code == 302
    assert endpoint.notes == "what I wrote"


@pytest.mark.django_db
def test_contacts_and_tags_count_as_well(client, administrator):
    endpoint = make_endpoint()
    mine = filled(client, page(endpoint))
    inventory.save_endpoint(endpoint, contacts=["ann@example.org"], tags=["shop"])

    response = client.post(page(endpoint), mine)

    assert re.search(r"Contacts.*ann@example.org", response.text, re.DOTALL)
    assert endpoint.contacts.count() == 1


@pytest.mark.django_db
def test_a_check_meanwhile_is_nobodys_edit_and_is_not_written_over(
    client, administrator
):
    endpoint = make_endpoint()
    mine = filled(client, page(endpoint))
    ends = NOW + timedelta(days=3)
    Endpoint.objects.filter(pk=endpoint.pk).update(error_code="refused", not_after=ends)

    response = client.post(page(endpoint), mine | {"notes": "mine"})

    endpoint.refresh_from_db()
    assert response.status_code == 302
    assert (endpoint.notes, endpoint.error_code) == ("mine", "refused")
    assert endpoint.not_after == ends


@pytest.mark.django_db
def test_saving_a_copy_that_was_read_before_a_check_keeps_what_the_check_found():
    stale = make_endpoint()
    certificate = make_certificate()
    Endpoint.objects.filter(pk=stale.pk).update(certificate=certificate)

    stale.notes = "new"
    inventory.save_endpoint(stale)

    assert Endpoint.objects.get(pk=stale.pk).certificate == certificate


@pytest.mark.django_db
def test_the_same_words_from_both_are_no_quarrel(client, administrator):
    endpoint = make_endpoint()
    mine = filled(client, page(endpoint)) | {"notes": "the same"}
    Endpoint.objects.filter(pk=endpoint.pk).update(notes="the same")

    assert client.post(page(endpoint), mine).status_code == 302


@pytest.mark.django_db
def test_screens_of_other_records_refuse_as_well(client, administrator):
    tag = Tag.objects.create(name="shop")
    team = make_team("Web")
    person = make_user("Viewer", display_name="Ann")
    for row, field in ((tag, "name"), (team, "name"), (person, "display_name")):
        mine = filled(client, screen(row))
        type(row).objects.filter(pk=row.pk).update(**{field: "theirs"})

        response = client.post(screen(row), mine | {field: "mine"})

        row.refresh_from_db()
        assert getattr(row, field) == "theirs"
        assert STALE in response.text
        assert person.password not in response.text


@pytest.mark.django_db
@pytest.mark.parametrize("address", [page, screen])
def test_the_record_is_held_from_before_it_is_read_until_it_is_saved(
    client, administrator, address
):
    endpoint = make_endpoint()
    mine = filled(client, address(endpoint))

    with CaptureQueriesContext(connection) as statements:
        client.post(address(endpoint), mine | {"notes": "new"})

    if connection.vendor == "mongodb":
        return  # it has no locks, and refuses the second to write

    texts = [each["sql"] for each in statements]
    begin = next(n for n, text in enumerate(texts) if "SAVEPOINT" in text)
    write = next(n for n, text in enumerate(texts) if 'UPDATE "certs_endpoint"' in text)
    reads = [n for n, text in enumerate(texts) if 'FROM "certs_endpoint"' in text]
    assert begin < write
    assert any(begin < read < write for read in reads)
    if connection.features.has_select_for_update:
        assert any(text.endswith("FOR UPDATE") for text in texts[begin:write])
