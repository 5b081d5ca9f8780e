from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from certs.models import Notice, notice
from certs.tests.factories import NOW, make_checked, make_endpoint, make_user
from certs.tests.telling import make_letter, make_notice
from certs.views.warnings import ledger

pytestmark = pytest.mark.django_db
LEDGER = reverse("certs:warnings")


@pytest.fixture(autouse=True)
def viewer(client):
    user = make_user("Viewer")
    client.force_login(user)
    return user


def recipients(client, **asked):
    page = client.get(LEDGER, asked).context["page"]
    return [notice.recipient for notice in page]


def test_nothing_told_so_far_is_a_state_of_its_own(client):
    assert "Nobody has been told anything yet" in client.get(LEDGER).content.decode()


def test_the_newest_comes_first(client):
    endpoint = make_checked("www.example.org", days=5)
    make_notice(endpoint, recipient="old@example.org", now=NOW - timedelta(days=1))
    make_notice(endpoint, recipient="new@example.org")

    assert recipients(client) == ["new@example.org", "old@example.org"]
    shown = client.get(LEDGER).content.decode()
    assert "7 days before the end" in shown
    assert "contact of this endpoint" in shown


def test_it_is_searched_by_endpoint_or_by_a_whole_address(client):
    make_notice(make_endpoint("www.example.org"), recipient="ann@example.org")
    make_notice(make_endpoint("mail.example.com"), recipient="bob@example.org")

    assert recipients(client, q="mail.ex") == ["bob@example.org"]
    assert recipients(client, q="ANN@example.org") == ["ann@example.org"]
    assert recipients(client, q="ann@") == []
    assert "No warning matches" in client.get(LEDGER, {"q": "none"}).content.decode()


def test_it_is_filtered_by_state_and_endpoint(client):
    one, other = make_endpoint(), make_endpoint()
    make_notice(one, recipient="a@example.org")
    make_notice(
        other, recipient="b@example.org", state=Notice.State.WAITING, sent_at=None
    )

    assert recipients(client, state="waiting") == ["b@example.org"]
    assert recipients(client, endpoint=str(one.pk)) == ["a@example.org"]
    assert recipients(client, endpoint=str(one.pk), state="waiting") == []
    assert len(recipients(client, state="nonsense", endpoint="x")) == 2


def test_a_search_that_finds_too_many_endpoints_says_so(client, monkeypatch):
    for module in (notice, ledger):
        monkeypatch.setattr(module, "MOST", 1)
    for number in range(2):
        make_notice(make_endpoint(f"host{number}.example.org"))

    response = client.get(LEDGER, {"q": "host"})

    assert len(response.context["page"].object_list) == 1
    assert "More than 1 endpoints match" in response.content.decode()


@pytest.mark.parametrize("state", ["", "sent"])
def test_pages_go_on_after_a_row_and_come_back(client, monkeypatch, state):
    monkeypatch.setattr(ledger, "ROWS", 2)
    endpoint = make_endpoint()
    for number in range(5):
        make_notice(
            endpoint,
            recipient=f"p{number}@example.org",
            now=NOW + timedelta(hours=number // 2),  # two at the same moment
        )

    first = client.get(LEDGER, {"state": state}).context["page"]
    second = client.get(LEDGER, {"state": state, "page": first.next}).context["page"]
    last = client.get(LEDGER, {"state": state, "page": "last"}).context["page"]
    back = client.get(LEDGER, {"state": state, "page": second.previous})

    shown = [*first, *second, *last]
    assert {notice.recipient for notice in shown} == {
        f"p{number}@example.org" for number in range(5)
    }
    assert list(back.context["page"]) == list(first)
    assert client.get(LEDGER, {"page": "after~0~1~nonsense~x"}).status_code == 200


def test_a_letter_that_fails_is_shown_with_its_error(client):
    letter = make_letter(attempts=2, error="<451> Try later.")
    make_notice(
        make_endpoint(), state=Notice.State.WAITING, sent_at=None, letter=letter
    )

    assert "&lt;451&gt; Try later." in client.get(LEDGER).content.decode()


@pytest.mark.parametrize("rows", [1, 5])
def test_queries_do_not_grow(client, rows, django_assert_num_queries):
    for _ in range(rows):
        make_notice(make_checked(days=5, now=timezone.now()), letter=make_letter())
    client.get(LEDGER)

    with django_assert_num_queries(8):
        client.get(LEDGER)


def test_who_may_see_nothing_sees_nothing(client):
    client.force_login(make_user())

    assert client.get(LEDGER).status_code == 403
