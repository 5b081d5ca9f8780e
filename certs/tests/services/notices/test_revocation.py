from datetime import timedelta

import pytest

from certs.models import Letter, RevocationList
from certs.services.notices import report, revocation
from certs.tests.factories import NOW, make_store, make_team, make_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def make_list(*, store=None, made=NOW, ends=NOW + 20 * DAY, **fields):
    store = store or make_store("Corp")
    return RevocationList.objects.create(
        store=store,
        url="http://ca.test/corp.crl",
        issuer="CN=Corp Root",
        this_update=made,
        next_update=ends,
        **fields,
    )


def told(now):
    revocation.tell(now=now)
    return list(Letter.objects.order_by("pk").values_list("address", "subject"))


def test_a_list_that_is_good_is_told_to_nobody():
    make_user("Administrator")
    make_list()

    assert told(NOW) == []


def test_administrators_and_the_teams_of_the_store_are_told():
    make_user("Administrator", email="root@example.org")
    make_user("Administrator", email="gone@example.org", is_active=False)
    make_user("Editor", email="ed@example.org")
    teams = [make_team("Web", email="Web@example.org"), make_team("Silent")]
    make_list(store=make_store("Corp", teams=teams))

    letters = told(NOW + 19 * DAY)

    assert {address for address, _ in letters} == {
        "root@example.org",
        "web@example.org",
    }
    body = Letter.objects.latest("pk").body
    assert "corp.crl of “Corp” ends 2026" in body
    assert "CN=Corp Root" in body
    assert "/admin/certs/truststore/" in body


def test_each_trouble_is_told_once_however_often_somebody_looks():
    make_user("Administrator")
    make_list()

    for days in (19, 19.5, 20, 21, 40):
        told(NOW + days * DAY)

    subjects = [subject for _, subject in told(NOW + 50 * DAY)]
    assert sorted(subjects) == [
        "Certdesk: revocation list of “Corp” overdue",
        "Certdesk: revocation list of “Corp” too old",
    ]


def test_the_next_list_that_is_late_is_told_again():
    make_user("Administrator")
    row = make_list()
    told(NOW + 19 * DAY)
    RevocationList.objects.filter(pk=row.pk).update(
        this_update=NOW + 19 * DAY, next_update=NOW + 39 * DAY
    )

    assert len(told(NOW + 30 * DAY)) == 1
    assert len(told(NOW + 38 * DAY)) == 2


def test_a_list_out_of_reach_is_told_with_its_error():
    make_user("Administrator")
    make_list(made=None, ends=None, failed_since=NOW, error="Status 404.")

    assert told(NOW) == []
    assert len(told(NOW + DAY)) == 1
    assert "cannot be fetched since" in Letter.objects.get().body
    assert "Status 404." in Letter.objects.get().body


def test_lists_of_a_store_that_rests_are_told_to_nobody():
    make_user("Administrator")
    make_list(store=make_store("Old", is_active=False))

    assert told(NOW + 30 * DAY) == []


def test_the_weekly_report_names_them_all():
    make_list()
    now = NOW + 20 * DAY

    (part,) = [part for part in report.report(now=now) if "Revocation" in part.title]

    assert part.number == 1
    assert "corp.crl of “Corp” is too old since" in str(part)
    assert "/admin/certs/truststore/" in str(part)
