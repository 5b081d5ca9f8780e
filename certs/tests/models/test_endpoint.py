from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given, settings, strategies as st

from certs.models import Endpoint, Health, Reachability
from certs.tests.factories import (
    NOW,
    make_certificate,
    make_checked,
    make_endpoint,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db


def hosts(rows):
    return [endpoint.host for endpoint in rows]


def test_what_was_never_checked_says_so():
    assert make_endpoint().health(NOW) == Health.UNCHECKED


@pytest.mark.parametrize(
    ("days", "health"),
    [
        (-1, Health.EXPIRED),
        (0, Health.CRITICAL),
        (6, Health.CRITICAL),
        (7, Health.EXPIRING),
        (20, Health.EXPIRING),
        (21, Health.OK),
    ],
)
def test_days_left_decide_how_loud_a_row_is(days, health):
    endpoint = make_checked(days=days)

    assert endpoint.days_left(NOW) == days
    assert endpoint.health(NOW) == health


def test_paused_wins_over_everything_and_unreachable_over_the_certificate():
    endpoint = make_checked(days=-1)

    endpoint.status = Reachability.DOWN
    assert endpoint.health(NOW) == Health.UNREACHABLE
    endpoint.paused = True
    assert endpoint.health(NOW) == Health.PAUSED


def test_a_wrong_name_is_worse_than_a_near_end_but_not_than_the_end_itself():
    endpoint = make_checked(days=10)
    endpoint.name_matches = False

    assert endpoint.health(NOW) == Health.MISNAMED
    assert endpoint.health(NOW + timedelta(days=5)) == Health.CRITICAL


def test_days_are_calendar_days_of_the_viewer():
    endpoint = make_checked(days=7)  # ends at noon UTC
    late = NOW.replace(hour=23)

    assert endpoint.days_left(late) == 7
    assert endpoint.days_left(late.astimezone(ZoneInfo("Asia/Tokyo"))) == 6


ZONES = st.sampled_from(
    [ZoneInfo(name) for name in ("UTC", "Asia/Tokyo", "America/New_York")]
)
SHIFTS = st.integers(min_value=-200 * 86400, max_value=200 * 86400)


def test_sql_and_python_agree_on_every_row_at_every_moment():
    rows = [make_checked(days=days) for days in (-1, 3, 10, 90)]
    rows += [make_endpoint(), make_checked(days=90, paused=True)]
    for fields in (
        {"status": Reachability.DOWN},
        {"name_matches": False},
        {"is_trusted": False},
        {"is_trusted": False, "name_matches": False},
        {"is_trusted": False, "status": Reachability.DOWN},
        {"is_trusted": False, "paused": True},
    ):
        row = make_checked(days=10)
        Endpoint.objects.filter(pk=row.pk).update(**fields)
    edges = {row.not_after for row in rows if row.not_after}
    edges |= {row.not_before for row in rows if row.not_before}

    stored = list(Endpoint.objects.all())

    def agree(now):
        for health in Health:
            by_python = {e for e in stored if e.health(now) == health}
            for are_many in (False, True):
                rows = Endpoint.objects.in_health(health, now=now, are_many=are_many)
                assert set(rows) == by_python, (health, now, are_many)

    @settings(max_examples=30)
    @given(seconds=SHIFTS, zone=ZONES)
    def at_any_moment(seconds, zone):
        agree((NOW + timedelta(seconds=seconds)).astimezone(zone))

    at_any_moment()
    for edge in edges:
        for second in (-1, 0, 1):
            agree(edge + timedelta(seconds=second))


def test_no_trust_is_worse_than_a_near_end_but_not_than_a_wrong_name():
    endpoint = make_checked(days=10)
    endpoint.is_trusted = False

    assert endpoint.health(NOW) == Health.UNTRUSTED
    assert endpoint.health(NOW + timedelta(days=5)) == Health.CRITICAL
    endpoint.name_matches = False
    assert endpoint.health(NOW) == Health.MISNAMED


def test_a_certificate_out_of_its_dates_has_the_grade_of_one_that_nobody_trusts():
    endpoint = make_checked(days=10)
    first, last, second = endpoint.not_before, endpoint.not_after, timedelta(seconds=1)
    endpoint.grade = "B"

    assert endpoint.grade_at(first) == endpoint.grade_at(last) == "B"
    assert endpoint.grade_at(first - second) == "T"
    assert endpoint.grade_at(last + second) == "T"
    endpoint.grade = ""
    assert endpoint.grade_at(last + second) == ""
    assert make_endpoint().grade_at(NOW) == ""


def test_sql_and_python_agree_on_every_grade_at_every_moment():
    for grade in ("", "A+", "B", "M", "T"):
        for days in (-1, 10):
            for fields in ({}, {"paused": True}, {"status": Reachability.DOWN}):
                row = make_checked(days=days)
                Endpoint.objects.filter(pk=row.pk).update(grade=grade, **fields)
    make_endpoint()
    stored = list(Endpoint.objects.all())
    edges = {e.not_after for e in stored if e.not_after}
    edges |= {e.not_before for e in stored if e.not_before}
    shifts = [timedelta(seconds=second) for second in (-1, 0, 1)]

    for now in {NOW, *(edge + shift for edge in edges for shift in shifts)}:
        for grade in ("", "A+", "A", "B", "M", "T"):
            by_sql = set(Endpoint.objects.graded(grade, now=now))
            assert by_sql == {e for e in stored if e.grade_at(now) == grade}


def test_counts_add_up_to_every_row():
    make_checked(days=-1)
    make_checked(days=90)
    make_endpoint()

    counts = Endpoint.objects.health_counts(NOW)

    assert counts[Health.EXPIRED] == counts[Health.OK] == counts[Health.UNCHECKED] == 1
    assert sum(counts.values()) == 3


@pytest.mark.parametrize("of_many", [False, True])
def test_what_needs_attention_comes_most_urgent_first(of_many):
    make_checked("ok.example.org", days=90)
    make_checked("soon.example.org", days=10)
    make_checked("past.example.org", days=-5)
    never = make_endpoint("never.example.org")
    Endpoint.objects.filter(pk=never.pk).update(status=Reachability.DOWN)

    rows = Endpoint.objects.most_urgent(NOW, most=5, of_many=of_many)

    assert hosts(rows) == ["past.example.org", "soon.example.org", "never.example.org"]
    fewer = [
        Endpoint.objects.most_urgent(NOW, most=most, of_many=of_many) for most in (1, 2)
    ]
    assert fewer == [rows[:1], rows[:2]]


def test_what_ends_next_has_not_ended_and_is_not_paused():
    make_checked("past.example.org", days=-5)
    make_checked("later.example.org", days=60)
    make_checked("soon.example.org", days=30)
    make_checked("paused.example.org", days=5, paused=True)

    assert hosts(Endpoint.objects.ending_next(NOW)) == [
        "soon.example.org",
        "later.example.org",
    ]
    assert hosts(Endpoint.objects.ending(NOW, within=timedelta(days=30))) == [
        "paused.example.org",
        "soon.example.org",
    ]


@pytest.mark.parametrize(
    "term",
    [
        "shop",
        "SHOP.EXAMPLE",
        "window",
        "ann@",
        "urgent",
        "Payments",
        "Test Issuing",
        "sni.example",
    ],
)
def test_search_finds_host_name_note_contact_tag_team_and_issuer(term):
    endpoint = make_checked(
        "shop.example.org",
        server_name="sni.example.org",
        notes="Maintenance window on Sunday",
        team=make_team("Payments"),
        contacts=["ann@example.org", "ann@example.com"],
        tags=["urgent"],
    )
    make_endpoint("other.example.net")

    assert list(Endpoint.objects.matching(term)) == [endpoint]


def test_search_finds_serial_and_fingerprint_with_colons_or_without():
    endpoint = make_checked()
    make_endpoint()
    serial = endpoint.certificate.serial_number
    with_colons = ":".join(serial[i : i + 2] for i in range(0, len(serial), 2))

    for term in (serial, with_colons.upper(), endpoint.certificate.fingerprint_sha256):
        assert list(Endpoint.objects.matching(term)) == [endpoint]


def test_a_percent_sign_is_a_percent_sign():
    make_endpoint()

    assert not Endpoint.objects.matching("%").exists()


@pytest.mark.parametrize(
    ("role", "own", "others"),
    [
        ("Viewer", False, False),
        ("Editor", True, False),
        ("Administrator", True, True),
        (None, False, False),
    ],
)
def test_editors_change_what_their_teams_look_after(role, own, others):
    team = make_team()
    user = make_user(role, teams=[team])
    mine, theirs = make_endpoint(team=team), make_endpoint(team=make_team())
    nobodys = make_endpoint()

    changeable = set(Endpoint.objects.changeable_by(user))

    for endpoint, expected in ((mine, own), (theirs, others), (nobodys, others)):
        assert endpoint.is_changeable_by(user) is expected
        assert (endpoint in changeable) is expected


def test_a_deactivated_administrator_changes_nothing():
    user = make_user("Administrator", is_active=False)

    assert not make_endpoint().is_changeable_by(user)
    assert not Endpoint.objects.changeable_by(user).exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"host": "Shop.example.org"},
        {"host": "https://shop.example.org"},
        {"host": "two words"},
        {"host": "bücher.example"},
        {"host": " "},
        {"port": 0},
        {"port": 70000},
        {"server_name": "a b"},
        {"address_mode": "listed"},
        {"address_mode": "listed", "addresses": ("nonsense",)},
        {"address_mode": "listed", "addresses": ("192.0.2.1",) * 51},
    ],
)
def test_an_endpoint_that_cannot_be_is_refused_whole(fields):
    with pytest.raises(ValidationError):
        make_endpoint(**{"host": "shop.example.org", **fields})

    assert not Endpoint.objects.exists()


def test_the_same_place_twice_is_refused_by_form_and_database_alike():
    make_endpoint("shop.example.org")

    with pytest.raises(ValidationError, match="in the inventory already"):
        make_endpoint("shop.example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        Endpoint.objects.create(host="shop.example.org", port=443)
    make_endpoint("shop.example.org", server_name="www.example.org")
    make_endpoint("shop.example.org", starttls="smtp")
    with pytest.raises(ValidationError, match="in the inventory already"):
        make_endpoint("shop.example.org", starttls="smtp")
    with pytest.raises(IntegrityError), transaction.atomic():
        Endpoint.objects.create(host="shop.example.org", port=443, starttls="smtp")


def test_the_database_itself_keeps_ports_and_states_possible():
    with pytest.raises(IntegrityError), transaction.atomic():
        Endpoint.objects.create(host="a.example.org", port=70000)
    with pytest.raises(IntegrityError), transaction.atomic():
        Endpoint.objects.create(host="a.example.org", status=Reachability.UP)
    up = make_checked()
    for name in ("is_trusted", "name_matches", "not_after"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Endpoint.objects.filter(pk=up.pk).update(**{name: None})


def test_hosts_are_shown_as_people_write_them():
    assert str(make_endpoint("xn--bcher-kva.example")) == "bücher.example:443"
    assert str(make_endpoint("2001:db8::1", port=8443)) == "[2001:db8::1]:8443"


def test_issuers_are_counted_the_largest_first():
    make_checked()
    make_checked()
    make_endpoint()

    assert Endpoint.objects.issuer_counts() == [("Test Issuing CA", 2), ("", 1)]


def test_deleting_a_team_or_certificate_keeps_the_endpoint():
    team = make_team()
    endpoint = make_checked(team=team)

    team.delete()
    make_certificate()
    endpoint.certificate.delete()

    endpoint.refresh_from_db()
    assert (endpoint.team, endpoint.certificate) == (None, None)
