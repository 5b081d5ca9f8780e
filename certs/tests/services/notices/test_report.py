from datetime import UTC, date, datetime, timedelta

import pytest

from certs.models import Letter, TrustStore, Undeliverable
from certs.pki import roots
from certs.services.notices import report
from certs.tests.factories import (
    NOW,
    make_endpoint,
    make_root,
    make_store,
    make_user,
)
from certs.tests.telling import make_letter

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def public(monkeypatch):
    """A list of public CAs that was made yesterday, unless a test says otherwise."""

    def made(day):
        store = roots.TrustStore(name=roots.PUBLIC, roots=(), as_of=day)
        monkeypatch.setattr(roots, "certifi_store", lambda: store)

    made((NOW - DAY).date())
    return made


def parts(now=NOW):
    return {part.title.split()[0]: part for part in report.report(now=now)}


def test_where_all_is_well_nothing_is_sent():
    make_endpoint(contacts=["ann@example.org"])
    make_user("Administrator")

    assert report.send(now=NOW) == 0
    assert not Letter.objects.exists()


def test_endpoints_nobody_would_be_told_of_are_counted_and_the_first_are_named():
    for number in range(23):
        make_endpoint(f"lonely{number:02}.example.org")
    make_endpoint(contacts=["ann@example.org"])
    make_endpoint(paused=True)

    (part,) = report.report(now=NOW)

    assert part.number == 23
    assert len(part.lines) == 20
    assert "lonely00.example.org:443 http" in str(part)
    assert "- and 3 more" in str(part)


def test_many_endpoints_are_asked_about_in_batches(monkeypatch):
    monkeypatch.setattr(report, "BATCH", 2)
    for _ in range(5):
        make_endpoint()

    assert parts()["Endpoints"].number == 5


def test_private_roots_that_end_are_named():
    root = make_root()
    make_store("Inside", roots=[root])
    make_store("Closed", roots=[root], is_active=False)

    assert "Roots" not in parts(now=root.not_after - 91 * DAY)
    for now in (root.not_after - 89 * DAY, root.not_after + DAY):
        found = parts(now=now)["Roots"]
        assert found.number == 1
        assert "Inside" in str(found)
    assert TrustStore.objects.count() == 2


@pytest.mark.parametrize(("age", "is_old"), [(90, False), (91, True)])
def test_an_old_list_of_public_cas_is_told(public, age, is_old):
    public((NOW - age * DAY).date())

    assert ("Lists" in parts()) is is_old


def test_the_age_of_the_list_is_the_date_of_its_version():
    version = roots.certifi_store().as_of

    assert isinstance(version, date)


def test_flagged_addresses_and_letters_given_up_are_named():
    Undeliverable.objects.create(
        address="gone@example.org", refusals=5, error="550 No.", refused_at=NOW
    )
    Undeliverable.objects.create(address="once@example.org", refusals=4, refused_at=NOW)
    make_letter("gone@example.org", state=Letter.State.FAILED, error="550 No.")
    make_letter("old@example.org", state=Letter.State.FAILED, now=NOW - 8 * DAY)

    found = parts()

    assert found["Mail"].number == found["Letters"].number == 1
    assert "gone@example.org, 5 times: 550 No." in str(found["Mail"])


def test_each_active_administrator_gets_one_in_a_week():
    make_endpoint()
    boss = make_user("Administrator")
    root = make_user(is_superuser=True)
    make_user("Administrator", is_active=False)
    make_user("Editor")

    assert report.send(now=NOW) == 2
    assert report.send(now=NOW + timedelta(hours=1)) == 0

    letters = Letter.objects.order_by("address")
    assert {letter.address for letter in letters} == {boss.email, root.email}
    for letter in letters:
        assert letter.kind == Letter.Kind.REPORT
        assert letter.state == Letter.State.WAITING
        assert letter.subject == "Certdesk, weekly report: 1 matter"
        assert "Endpoints nobody would be told of: 1" in letter.body
    assert report.send(now=NOW + 7 * DAY) == 2


def test_the_turn_of_the_year_is_a_week_like_any_other():
    make_endpoint()
    make_user("Administrator")

    sylvester = datetime(2026, 12, 31, 12, tzinfo=UTC)
    assert report.send(now=sylvester) == 1
    assert report.send(now=sylvester + DAY) == 0
