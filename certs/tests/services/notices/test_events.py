from datetime import timedelta

import pytest

from certs.models import Contact, Endpoint, Notice, Observation, TrustRoot, TrustStore
from certs.models.policy import EVERY_DAY, Event
from certs.services.notices import ledger, renewals
from certs.tests.services.notices.rows import (
    NOW,
    certificate_row,
    make_policy,
    make_row,
    make_warned,
    record,
    run,
    send,
)

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def contact():
    return Contact.objects.create(email="ops@example.org")


def always(**fields):
    return make_policy(
        **{"from_hour": 0, "until_hour": 24, "weekdays": EVERY_DAY, **fields}
    )


def told(moment):
    ledger.touch_all(now=moment)
    record(moment)
    return sorted(row.step for row in send(moment))


def update(endpoint, **fields):
    Endpoint.objects.filter(pk=endpoint.pk).update(**fields)
    endpoint.refresh_from_db()


def fails(endpoint, *, first=NOW, last=NOW, count=1, **fields):
    """The checks from `first` to `last` failed."""
    update(endpoint, status="down", observed_at=last, changed_at=first)
    return run(endpoint, first=first, last=last, count=count, **fields)


def answers(endpoint, *, first=NOW, last=NOW, certificate=None, **fields):
    certificate = certificate or endpoint.certificate
    update(endpoint, status="up", observed_at=last, **fields)
    return run(endpoint, certificate, first=first, last=last)


def test_it_cannot_be_reached_is_told_after_as_many_checks(contact):
    endpoint = make_warned(contacts=[contact], policy=always(unreachable_after=3))
    failed = fails(endpoint, count=2)

    assert told(NOW) == []
    Observation.objects.filter(pk=failed.pk).update(count=3)
    assert told(NOW) == [f"unreachable/{NOW.isoformat()}"]
    assert told(NOW + DAY) == []


def test_while_checks_fail_it_is_looked_at_soon_again(contact):
    endpoint = make_warned(contacts=[contact], policy=always(unreachable_after=3))
    fails(endpoint)
    update(endpoint, next_check_at=NOW + HOUR)

    record(NOW)

    endpoint.refresh_from_db()
    assert endpoint.next_notice_at == NOW + HOUR + timedelta(minutes=15)


def test_checks_that_fail_in_different_ways_are_one_outage(contact):
    endpoint = make_warned(contacts=[contact], policy=always(unreachable_after=3))
    run(endpoint, endpoint.certificate, first=NOW - DAY, last=NOW - 4 * HOUR)
    fails(endpoint, first=NOW - 3 * HOUR, last=NOW - 2 * HOUR, count=2)
    fails(endpoint, error_code="timeout", address="")

    assert told(NOW) == [f"unreachable/{(NOW - 3 * HOUR).isoformat()}"]


def test_each_address_has_checks_of_its_own(contact):
    endpoint = make_warned(
        contacts=[contact], policy=always(unreachable_after=3), address_mode="every"
    )
    fails(endpoint, count=2)
    run(endpoint, first=NOW, last=NOW, count=2, address="192.0.2.2")
    gone = NOW - DAY  # it was taken out of the name
    run(endpoint, first=gone, last=gone, count=9, address="192.0.2.3")

    assert told(NOW) == []


def test_no_number_of_checks_is_never(contact):
    endpoint = make_warned(contacts=[contact], policy=always(unreachable_after=0))
    fails(endpoint, count=99)

    assert told(NOW) == []


def test_that_it_is_back_is_told_to_those_who_know_that_it_was_away(contact):
    endpoint = make_warned(contacts=[contact], policy=always())
    fails(endpoint, count=3)
    assert len(told(NOW)) == 1
    endpoint.contacts.add(Contact.objects.create(email="new@example.org"))

    answers(endpoint, first=NOW + DAY, last=NOW + DAY, changed_at=NOW + DAY)

    ledger.touch_all(now=NOW + DAY)
    record(NOW + DAY)
    (row,) = send(NOW + DAY)
    assert row.step == f"recovered/{NOW.isoformat()}"
    assert row.recipient == "ops@example.org"


def test_nothing_is_told_of_an_outage_that_was_over_before_anybody_was_told(contact):
    policy = make_policy(weekdays="0")  # NOW is a Saturday
    endpoint = make_warned(contacts=[contact], policy=policy)
    fails(endpoint, count=3)
    assert told(NOW) == []

    back = NOW + HOUR
    answers(endpoint, first=back, last=back, changed_at=back)

    assert told(back) == told(NOW + 2 * DAY) == []
    assert Notice.objects.get().state == Notice.State.CLOSED


def changed(endpoint, *, seen_at=NOW, days_before=5, **fields):
    """Another certificate is served since `seen_at`."""
    before = endpoint.certificate
    after = certificate_row(
        not_before=seen_at,
        not_after=seen_at + 100 * DAY,
        **{
            "issuer": before.issuer,
            "dns_names": before.dns_names,
            "spki_sha256": before.spki_sha256,
            **fields,
        },
    )
    after.save()
    run(endpoint, before, first=seen_at - 30 * DAY, last=seen_at - HOUR)
    answers(
        endpoint,
        certificate=after,
        first=seen_at,
        last=max(seen_at, NOW),
        not_before=after.not_before,
        not_after=after.not_after,
        changed_at=seen_at,
    )
    update(endpoint, certificate=after)
    return before, after


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({}, Event.RENEWED),
        ({"spki_sha256": "0" * 64}, Event.REKEYED),
        ({"issuer": "CN=Another"}, Event.ISSUER),
        ({"dns_names": ("other.example.org",)}, Event.NAMES),
    ],
)
def test_a_change_is_told_where_the_policy_wants_its_kind(contact, fields, kind):
    for wanted, steps in (
        (Event.values, ["changed"]),
        ((), []),
        ((kind,), ["changed"]),
    ):
        endpoint = make_warned(
            days=5, contacts=[contact], policy=always(events=tuple(wanted))
        )
        changed(endpoint, **fields)

        assert told(NOW) == steps


def test_kinds_of_change_may_be_several():
    before, after = make_row(days=5), make_row(days=90)

    assert renewals.kinds_of_change(before, after, seen_at=NOW) == {
        Event.NAMES,
        Event.REKEYED,
    }
    early = before.not_before + DAY
    assert Event.UNEXPECTED in renewals.kinds_of_change(before, after, seen_at=early)


def test_a_change_long_ago_is_told_to_nobody(contact):
    endpoint = make_warned(
        days=5, contacts=[contact], policy=always(events=tuple(Event.values))
    )
    changed(endpoint, seen_at=NOW - 46 * DAY)

    assert told(NOW) == []


def test_nodes_that_serve_two_certificates_are_no_change(contact):
    endpoint = make_warned(
        contacts=[contact], policy=always(events=tuple(Event.values))
    )
    answers(endpoint, first=NOW - DAY)
    run(endpoint, make_row(), first=NOW, last=NOW, address="192.0.2.2")

    assert told(NOW) == []


def test_going_back_to_a_certificate_is_a_change(contact):
    policy = always(events=("names",))
    endpoint = make_warned(days=50, contacts=[contact], policy=policy)
    other = make_row(days=50)
    run(endpoint, endpoint.certificate, first=NOW - 9 * DAY, last=NOW - 4 * DAY)
    run(endpoint, other, first=NOW - 3 * DAY, last=NOW - 2 * DAY)
    answers(endpoint, first=NOW - DAY)

    assert told(NOW) == ["changed"]


def test_who_was_warned_is_told_that_it_is_over(contact):
    policy = always(tells_renewal=True, events=())
    endpoint = make_warned(days=5, lifetime=90, contacts=[contact], policy=policy)
    assert told(NOW - HOUR) == ["1/6"]
    endpoint.contacts.add(Contact.objects.create(email="new@example.org"))

    changed(endpoint)

    ledger.touch_all(now=NOW)
    record(NOW)
    (row,) = send(NOW)
    assert (row.step, row.recipient) == ("renewed", "ops@example.org")
    assert told(NOW + DAY) == []


def test_who_was_not_warned_is_not_told_that_it_is_over(contact):
    policy = always(tells_renewal=True, events=())
    endpoint = make_warned(days=50, lifetime=90, contacts=[contact], policy=policy)
    assert told(NOW - HOUR) == []

    changed(endpoint)

    assert told(NOW) == []


def test_a_grade_below_the_limit_is_told_once(contact):
    policy = always(grade_below="B")
    endpoint = make_warned(contacts=[contact], policy=policy)
    update(endpoint, grade="B")
    assert told(NOW) == []

    update(endpoint, grade="C")
    assert told(NOW) == ["grade/C"]
    update(endpoint, grade="A")
    assert told(NOW) == []
    update(endpoint, grade="C")
    assert told(NOW) == []  # of this certificate it was told


def test_findings_are_told_from_the_severity_of_the_policy_on(contact):
    policy = always(finding_severity="critical")
    endpoint = make_warned(contacts=[contact], policy=policy)

    update(endpoint, findings=("expired", "expiring", "of-another-release"))

    assert told(NOW) == ["finding/expired"]


def test_what_the_certificate_before_had_too_is_not_told_again(contact):
    policy = always(grade_below="B", finding_severity="critical", events=())
    endpoint = make_warned(contacts=[contact], policy=policy)
    update(endpoint, grade="C", findings=("expired",))
    assert told(NOW) == ["finding/expired", "grade/C"]

    changed(endpoint)
    Observation.objects.filter(last_seen_at__lt=NOW).update(
        grade="C", findings=[{"code": "expired", "about": {}}]
    )

    assert told(NOW) == []
    update(endpoint, grade="F")
    assert told(NOW) == ["grade/F"]


def chained(endpoint, *authorities):
    """It serves a chain with `authorities` above its certificate."""
    served = answers(endpoint)
    chain = [endpoint.certificate.fingerprint_sha256]
    served.chain = (*chain, *(each.fingerprint_sha256 for each in authorities))
    served.save()


def test_an_intermediate_that_ends_before_the_certificate_is_told_of(contact):
    endpoint = make_warned(days=80, contacts=[contact], policy=always())
    early = make_row(days=10, lifetime=900, is_ca=True)
    late = make_row(days=85, lifetime=900, is_ca=True)
    root = make_row(
        days=5, lifetime=900, subject="CN=Public", issuer="CN=Public", is_ca=True
    )
    chained(endpoint, early, late, root)

    prefix = early.fingerprint_sha256[:16]
    assert told(NOW) == [f"chain/{prefix}/14d"]
    row = Notice.objects.get()
    assert (row.certificate, row.fingerprint) == (early, early.fingerprint_sha256)
    assert told(NOW + 3 * DAY) == [f"chain/{prefix}/7d"]


def test_a_private_root_that_ends_is_told_of_though_it_is_not_sent(contact):
    endpoint = make_warned(days=2, contacts=[contact], policy=always(steps="20d"))
    root = make_row(
        days=10, lifetime=900, subject="CN=Our root", issuer="CN=Our root", is_ca=True
    )
    store = TrustStore.objects.create(name="Ours")
    TrustRoot.objects.create(store=store, certificate=root, added_at=NOW)
    chained(endpoint, make_row(days=900, issuer="CN=Our root", is_ca=True))

    assert told(NOW) == ["20d", f"chain/{root.fingerprint_sha256[:16]}/20d"]


def test_a_chain_is_of_no_interest_where_the_policy_says_so(contact):
    endpoint = make_warned(days=80, contacts=[contact], policy=always(events=()))
    chained(endpoint, make_row(days=10, lifetime=900))

    assert told(NOW) == []
