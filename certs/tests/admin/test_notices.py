import pytest
from django.urls import reverse

from certs.admin import notice as screens
from certs.models import Letter, Notice, Undeliverable, notice as models
from certs.tests.factories import NOW, make_endpoint, make_user
from certs.tests.telling import make_letter, make_notice

pytestmark = pytest.mark.django_db
LETTERS = reverse("admin:certs_letter_changelist")
NOTICES = reverse("admin:certs_notice_changelist")
REFUSED = reverse("admin:certs_undeliverable_changelist")


@pytest.fixture
def boss(client):
    user = make_user("Administrator")
    client.force_login(user)
    return user


def refused(address, refusals):
    return Undeliverable.objects.create(
        address=address, refusals=refusals, error="550 No.", refused_at=NOW
    )


def resend(client, *letters):
    data = {"action": "resend", "_selected_action": [each.pk for each in letters]}
    return client.post(LETTERS, data, follow=True)


@pytest.mark.usefixtures("boss")
@pytest.mark.parametrize("name", ["notice", "letter", "undeliverable"])
def test_what_was_told_is_looked_at_and_never_changed(client, name):
    row = {
        "notice": lambda: make_notice(make_endpoint()),
        "letter": make_letter,
        "undeliverable": lambda: refused("ann@example.org", 1),
    }[name]()
    change = reverse(f"admin:certs_{name}_change", args=[row.pk])

    assert client.get(change).status_code == 200
    assert client.post(change, {}).status_code == 403
    assert client.get(reverse(f"admin:certs_{name}_add")).status_code == 403


@pytest.mark.usefixtures("boss")
def test_notices_are_found_by_host_and_by_address(client):
    make_notice(make_endpoint("www.example.org"), recipient="ann@example.org")
    make_notice(make_endpoint("mail.example.com"), recipient="bob@example.org")

    def found(term):
        response = client.get(NOTICES, {"q": term})
        return [row.recipient for row in response.context["cl"].result_list]

    assert found("www") == ["ann@example.org"]
    assert found("bob@example.org") == ["bob@example.org"]
    assert len(found(" ")) == 2


@pytest.mark.usefixtures("boss")
def test_what_was_given_up_can_be_sent_again(client):
    failed = make_letter(state=Letter.State.FAILED, attempts=9)
    sent = make_letter(state=Letter.State.SENT)

    response = resend(client, failed, sent)

    assert "1 of 2 will be sent again" in response.content.decode()
    failed.refresh_from_db()
    sent.refresh_from_db()
    assert failed.state == Letter.State.WAITING
    assert sent.state == Letter.State.SENT


def test_who_may_look_may_not_resend(client):
    client.force_login(make_user("Editor"))
    failed = make_letter(state=Letter.State.FAILED)

    assert resend(client, failed).status_code == 403
    failed.refresh_from_db()
    assert failed.state == Letter.State.FAILED


@pytest.mark.usefixtures("boss")
def test_flagged_addresses_are_found(client):
    refused("gone@example.org", Undeliverable.FLAGGED_FROM)
    refused("once@example.org", Undeliverable.FLAGGED_FROM - 1)

    def found(**asked):
        return {
            row.address for row in client.get(REFUSED, asked).context["cl"].result_list
        }

    assert found(flagged="yes") == {"gone@example.org"}
    assert found(flagged="no") == {"once@example.org"}
    assert len(found(flagged="x")) == len(found()) == 2


@pytest.mark.usefixtures("boss")
def test_to_delete_an_address_forgets_its_refusals(client):
    row = refused("gone@example.org", 7)
    data = {
        "action": "delete_selected",
        "_selected_action": [row.pk],
        "post": "yes",
    }

    client.post(REFUSED, data)

    assert not Undeliverable.objects.exists()


@pytest.mark.usefixtures("boss")
@pytest.mark.parametrize("rows", [1, 5])
def test_queries_do_not_grow(client, rows, django_assert_num_queries):
    for _ in range(rows):
        make_notice(make_endpoint(), state=Notice.State.WAITING, letter=make_letter())
    client.get(NOTICES)
    client.get(LETTERS)

    with django_assert_num_queries(12):
        client.get(NOTICES)
        client.get(LETTERS)


@pytest.mark.usefixtures("boss")
def test_a_search_that_finds_too_many_endpoints_says_so(client, monkeypatch):
    for module in (models, screens):
        monkeypatch.setattr(module, "MOST", 1)
    for number in range(2):
        make_notice(make_endpoint(f"host{number}.example.org"))

    one = client.get(NOTICES, {"q": "host0"})
    both = client.get(NOTICES, {"q": "host"})

    assert "endpoints match" not in one.content.decode()
    assert len(both.context["cl"].result_list) == 1
    assert "More than 1 endpoints match" in both.content.decode()
