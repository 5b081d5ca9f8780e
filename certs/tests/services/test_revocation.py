from datetime import timedelta

import pytest

from certs.models import RevocationList
from certs.pki.x509 import parse_der
from certs.services import inventory, revocation
from certs.tests.factories import NOW, authority, make_root, make_store
from certs.tests.pki.crls import make_crl
from certs.tests.pki.errands.sending import LOOPBACK
from certs.tests.pki.listening import listening

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def loopback(settings):
    settings.CHECK_GUARD = LOOPBACK


def make_list(url, *, store=None, **fields):
    store = store or make_store("Corp", roots=[make_root()])
    return RevocationList.objects.create(store=store, url=url, due_at=NOW, **fields)


def crl_of(identity, **how):
    return make_crl(identity, now=NOW, **how)


def refreshed(*, now=NOW):
    return list(revocation.refresh(now=now))


def test_what_a_list_says_of_itself_is_kept():
    with listening(answer=crl_of(authority().root)) as server:
        row = make_list(server.url("/root.crl"), error="Before.", failed_since=NOW)
        assert refreshed() == [True]

    row.refresh_from_db()
    assert row.issuer == "CN=Test Root"
    assert (row.number, row.revoked) == ("7", 2)
    assert row.this_update == NOW - HOUR
    assert row.next_update == NOW + 7 * DAY
    assert (row.fetched_at, row.error, row.failed_since) == (NOW, "", None)


def test_a_list_of_an_intermediate_of_the_inventory_is_known():
    issuing = authority().intermediate
    inventory.store([parse_der(issuing.der)], now=NOW)
    with listening(answer=crl_of(issuing, number=None)) as server:
        row = make_list(server.url())
        assert refreshed() == [True]

    row.refresh_from_db()
    assert (row.issuer, row.number) == ("CN=Test Issuing CA", "")


@pytest.mark.parametrize(
    ("life", "next_time"),
    [
        (timedelta(minutes=50), timedelta(minutes=10)),
        (50 * HOUR - HOUR, HOUR),  # an hour has passed
        (365 * DAY, 12 * HOUR),
    ],
)
def test_a_list_is_fetched_again_some_fifty_times_in_its_life(life, next_time):
    with listening(answer=crl_of(authority().root, ends=life)) as server:
        row = make_list(server.url())
        refreshed()

        row.refresh_from_db()
        assert row.due_at == NOW + next_time
        assert refreshed(now=NOW + next_time - timedelta(seconds=1)) == []
        assert refreshed(now=NOW + next_time) == [True]


def test_a_list_out_of_reach_keeps_what_it_said_and_since_when_it_is():
    with listening(answer=crl_of(authority().root)) as server:
        row = make_list(server.url())
        refreshed()
    first = NOW + DAY
    for now in (first, first + HOUR):
        assert refreshed(now=now) == [False]

    row.refresh_from_db()
    assert row.error == "The address could not be reached."
    assert row.failed_since == first
    assert row.next_update == NOW + 7 * DAY
    assert row.fetched_at == NOW
    assert row.due_at == first + 2 * HOUR


def test_a_list_of_a_stranger_is_not_kept():
    stranger = type(authority())("Stranger", now=NOW).root
    with listening(answer=crl_of(stranger)) as server:
        row = make_list(server.url())
        assert refreshed() == [False]

    row.refresh_from_db()
    assert "CN=Stranger Root, which is neither" in row.error
    assert row.next_update is None


def test_lists_of_a_store_that_rests_are_not_fetched():
    make_list("http://127.0.0.1:9/", store=make_store("Old", is_active=False))

    assert refreshed() == []


def test_where_checks_may_not_connect_no_list_is_fetched(settings):
    settings.CHECK_GUARD = type(LOOPBACK)()
    with listening(answer=crl_of(authority().root)) as server:
        row = make_list(server.url())
        assert refreshed() == [False]

    row.refresh_from_db()
    assert "loopback" in row.error
    assert not server.posted
