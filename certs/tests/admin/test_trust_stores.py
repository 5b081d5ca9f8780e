from datetime import timedelta
from ssl import DER_cert_to_PEM_cert as pem

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from certs.models import Certificate, RevocationList, TrustRoot, TrustStore
from certs.pki.demo.authority import Authority
from certs.pki.roots import certifi_store
from certs.tests.factories import (
    authority,
    make_chain,
    make_root,
    make_store,
    make_team,
    make_user,
)
from certs.tests.pki.signing import CA, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    user = make_user("Administrator", display_name="Ann")
    client.force_login(user)
    return user


def screen(name="changelist", *args):
    return reverse(f"admin:certs_truststore_{name}", args=args)


def form(name="Corp", **fields):
    inline = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0"}
    return {
        "name": name,
        "is_active": "on",
        "with_public": "on",
        **{f"roots-{key}": value for key, value in inline.items()},
        **{f"revocation_lists-{key}": value for key, value in inline.items()},
        **fields,
    }


def errors(response):
    found = response.context["adminform"].form.errors
    return " ".join(text for texts in found.values() for text in texts)


def messages(response):
    return [str(message) for message in response.context["messages"]]


def test_a_store_is_made_from_pasted_roots(client, administrator):
    team = make_team("Web")
    root = authority().root.der

    client.post(screen("add"), form(pem=f"Hi,\n{pem(root)}", teams=[str(team.pk)]))

    store = TrustStore.objects.get()
    row = store.roots.get()
    assert list(store.teams.all()) == [team]
    assert bytes(row.certificate.der) == root
    assert row.added_by == administrator
    assert row.added_at <= timezone.now()
    page = client.get(screen("change", store.pk)).text
    assert "CN=Test Root" in page
    assert "Ann" in page


@pytest.mark.parametrize("is_pem", [True, False])
def test_a_store_is_made_from_a_file(client, administrator, is_pem):
    root = authority().root.der
    content = pem(root).encode() if is_pem else root

    client.post(screen("add"), form(file=SimpleUploadedFile("ca.crt", content)))

    assert TrustRoot.objects.get().certificate.common_name == "Test Root"


def test_roots_are_added_and_taken_out_again(client, administrator):
    store = make_store("Corp", roots=[make_root()])
    row = store.roots.get()
    other = Authority("Other", now=timezone.now()).root.der

    client.post(
        screen("change", store.pk),
        form(
            pem=pem(other),
            **{
                "roots-TOTAL_FORMS": "1",
                "roots-INITIAL_FORMS": "1",
                "roots-0-id": str(row.pk),
                "roots-0-store": str(store.pk),
                "roots-0-DELETE": "on",
            },
        ),
    )

    assert [str(root) for root in store.roots.all()] == ["Other Root"]
    assert Certificate.objects.filter(common_name="Test Root").exists()


def test_what_was_done_is_in_the_change_log(client, administrator):
    client.post(screen("add"), form(pem=pem(authority().root.der)))

    assert "CN=Test Root" in LogEntry.objects.get().get_change_message()


def test_a_leaf_is_no_root(client, administrator):
    response = client.post(screen("add"), form(pem=pem(make_chain("a.test")[0])))

    assert "“a.test” is not the certificate of a CA." in errors(response)
    assert not TrustStore.objects.exists()
    assert not Certificate.objects.exists()


def test_junk_is_no_root(client, administrator):
    response = client.post(screen("add"), form(pem="junk"))

    assert errors(response)
    assert not TrustStore.objects.exists()


def test_a_private_key_is_refused_and_not_shown_again(client, administrator):
    key = authority().root.key_pem.decode()
    text = pem(authority().root.der) + key
    secret = key.splitlines()[1]

    pasted = client.post(screen("add"), form(pem=text))
    file = SimpleUploadedFile("ca.pem", text.encode())
    sent = client.post(screen("add"), form(file=file))

    for response in (pasted, sent):
        assert "There is a private key in it." in errors(response)
        assert secret not in response.text
    assert not Certificate.objects.exists()


def test_an_expired_root_is_taken_with_a_warning(client, administrator):
    expired = sign("Old Root", CA, begins=-900, ends=-800)

    response = client.post(screen("add"), form(pem=pem(expired.der)), follow=True)

    assert TrustRoot.objects.count() == 1
    assert "“Old Root” has expired: nothing that it issued is trusted." in messages(
        response
    )


def test_the_list_shows_the_public_store_and_its_date(client, administrator):
    store = certifi_store()

    page = " ".join(client.get(screen()).text.split())

    assert f"{len(store.roots)} roots, Mozilla’s list of" in page
    assert f"{store.as_of:%Y}" in page


def test_the_list_says_whose_default_a_store_is(client, administrator):
    make_store("Corp", roots=[make_root()], teams=[make_team("Web")])
    make_store("Other")

    page = client.get(screen()).text

    assert "Web" in page
    assert "everybody else" in page


@pytest.mark.parametrize("rows", [1, 50])
def test_the_list_takes_the_same_queries_however_long(
    client, administrator, django_assert_num_queries, rows
):
    for number in range(rows):
        make_store(f"Store {number}", roots=[make_root()], teams=[make_team()])

    with django_assert_num_queries(8):
        assert client.get(screen()).status_code == 200


@pytest.mark.parametrize("rows", [1, 50])
def test_a_store_takes_the_same_queries_however_many_roots(
    client, administrator, django_assert_num_queries, rows
):
    roots = [sign(f"CA {number}", CA).der for number in range(rows)]
    text = "".join(map(pem, roots))
    client.post(screen("add"), form(pem=text))
    store = TrustStore.objects.get()
    assert store.roots.count() == rows

    with django_assert_num_queries(8):
        assert client.get(screen("change", store.pk)).status_code == 200


WALK = [
    # screen, method, and what Viewer, Editor and Administrator get; viewers are
    # no staff: the admin sends them to sign in.
    ("changelist", "get", (302, 200, 200)),
    ("add", "get", (302, 403, 200)),
    ("add", "post", (302, 403, 302)),
    ("change", "get", (302, 200, 200)),
    ("change", "post", (302, 403, 302)),
    ("history", "get", (302, 200, 200)),
    ("delete", "get", (302, 403, 200)),
    ("delete", "post", (302, 403, 302)),
]


@pytest.mark.parametrize(("name", "method", "answers"), WALK)
def test_administrators_change_stores_and_others_look(client, name, method, answers):
    for role, status in zip(
        ("Viewer", "Editor", "Administrator"), answers, strict=True
    ):
        TrustStore.objects.all().delete()
        store = make_store("Corp")
        client.force_login(make_user(role))
        url = screen(name, *([] if name in {"changelist", "add"} else [store.pk]))
        data = form("New", post="yes") if method == "post" else {}

        response = getattr(client, method)(url, data)

        assert response.status_code == status, role
        is_changed = not TrustStore.objects.filter(name="Corp").exists()
        is_made = TrustStore.objects.filter(name="New").exists()
        is_writer = method == "post" and role == "Administrator"
        assert (is_changed or is_made) == is_writer, role


def test_an_editor_sees_roots_and_no_way_to_add_any(client):
    store = make_store("Corp", roots=[make_root()])
    client.force_login(make_user("Editor"))

    page = client.get(screen("change", store.pk)).text

    assert "CN=Test Root" in page
    assert 'name="pem"' not in page
    assert 'name="_save"' not in page
    assert "DELETE" not in page


def with_list(url, **fields):
    return form(
        **{"revocation_lists-TOTAL_FORMS": "1", "revocation_lists-0-url": url}, **fields
    )


def test_a_revocation_list_is_added_by_its_address(client, administrator):
    client.post(screen("add"), with_list("http://ca.test/corp.crl"))

    row = RevocationList.objects.get()
    page = client.get(screen("change", row.store_id)).text
    assert row.store.name == "Corp"
    assert "Not fetched yet" in page
    assert "http://ca.test/corp.crl" in page


def test_an_address_from_which_nothing_can_be_fetched_is_refused(client, administrator):
    response = client.post(screen("add"), with_list("ldap://ca.test/cn=Corp"))

    assert "begins with http:// or https://" in response.text
    assert not TrustStore.objects.exists()


def test_the_screen_says_what_a_list_said_and_what_is_wrong(client, administrator):
    store = make_store("Corp", roots=[make_root()])
    now = timezone.now()
    RevocationList.objects.create(
        store=store,
        url="http://ca.test/good.crl",
        number="12",
        revoked=3,
        this_update=now,
        next_update=now + timedelta(days=7),
        fetched_at=now,
    )
    RevocationList.objects.create(
        store=store,
        url="http://ca.test/gone.crl",
        failed_since=now - timedelta(days=2),
        error="The address answered with status 404.",
    )

    page = client.get(screen("change", store.pk)).text

    assert "Good" in page
    assert "Number 12, 3 revoked" in page
    assert "Out of reach. The address answered with status 404." in page


def test_an_address_is_not_edited_but_deleted_and_added(client, administrator):
    store = make_store("Corp", roots=[make_root()])
    row = RevocationList.objects.create(store=store, url="http://ca.test/a.crl")
    lists = {"TOTAL_FORMS": "1", "INITIAL_FORMS": "1", "0-id": row.pk}
    lists |= {"0-store": store.pk, "0-url": "http://ca.test/b.crl"}
    posted = form(**{f"revocation_lists-{key}": value for key, value in lists.items()})

    client.post(screen("change", store.pk), posted)
    assert RevocationList.objects.get().url == "http://ca.test/a.crl"

    client.post(
        screen("change", store.pk), {**posted, "revocation_lists-0-DELETE": "on"}
    )
    assert not RevocationList.objects.exists()


def test_who_may_only_look_sees_lists_and_adds_none(client):
    client.force_login(make_user("Viewer", is_staff=True))
    store = make_store("Corp", roots=[make_root()])
    RevocationList.objects.create(store=store, url="http://ca.test/a.crl")

    page = client.get(screen("change", store.pk)).text

    assert "http://ca.test/a.crl" in page
    assert client.post(screen("add"), with_list("http://b.test/")).status_code == 403


@pytest.mark.parametrize(
    ("is_known", "words"),
    [(True, "Good, but the last try failed"), (False, "The try failed")],
)
def test_a_try_that_failed_is_told_before_it_is_trouble(
    client, administrator, is_known, words
):
    store = make_store("Corp", roots=[make_root()])
    now = timezone.now()
    end = now + timedelta(days=7) if is_known else None
    RevocationList.objects.create(
        store=store,
        url="http://ca.test/a.crl",
        this_update=now if is_known else None,
        next_update=end,
        fetched_at=now if is_known else None,
        failed_since=now,
        error="The address did not answer in time.",
    )

    page = client.get(screen("change", store.pk)).text

    assert words in page
    assert "The address did not answer in time." in page
