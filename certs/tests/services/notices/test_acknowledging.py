from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Change
from certs.models import Acknowledgement, Endpoint, Notice, Policy
from certs.services.notices import acknowledging
from certs.tests.factories import (
    NOW,
    make_certificate,
    make_checked,
    make_endpoint,
    make_user,
)
from certs.tests.telling import make_notice

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def near(**fields):
    """Its end is 20 days off: steps at 33, 16, 3 and 1 days of the 100 it lives."""
    return make_checked(days=20, **fields)


def say(endpoint, *, user=None, reason="Ordered.", until=None, snooze=False, now=NOW):
    return acknowledging.acknowledge(
        endpoint,
        user=user or make_user("Editor"),
        reason=reason,
        until=until or now + 2 * DAY,
        snooze=snooze,
        now=now,
    )


def test_what_is_said_is_kept_with_who_said_it_and_of_which_certificate():
    endpoint, user = near(), make_user("Editor")

    said = say(endpoint, user=user, reason="  Ordered from the CA. ", snooze=True)

    kept = Acknowledgement.objects.get()
    assert kept == said
    assert (kept.user, kept.reason) == (user, "Ordered from the CA.")
    assert kept.fingerprint == endpoint.certificate.fingerprint_sha256
    assert (kept.created_at, kept.until) == (NOW, NOW + 2 * DAY)
    assert kept.is_snoozed


def test_who_writes_warnings_is_asked_to_look_at_the_endpoint_again():
    endpoint = near()
    Endpoint.objects.update(next_notice_at=NOW + 9 * DAY)

    said = say(endpoint)

    endpoint.refresh_from_db()
    assert endpoint.next_notice_at <= NOW
    Endpoint.objects.update(next_notice_at=NOW + 9 * DAY)
    acknowledging.withdraw(said, now=NOW + DAY)
    endpoint.refresh_from_db()
    assert endpoint.next_notice_at <= NOW + DAY


def test_it_never_lasts_beyond_the_last_step_before_the_end():
    endpoint = near()
    last = acknowledging.latest_until(endpoint, now=NOW)

    assert last is not None
    assert last < endpoint.not_after - timedelta(hours=12)
    assert endpoint.not_after - last <= 2 * DAY
    say(endpoint, until=last)
    with pytest.raises(ValidationError, match="last step"):
        say(endpoint, until=last + timedelta(seconds=1))


def test_it_never_lasts_longer_than_90_days_however_far_off_the_end_is():
    far = make_checked(days=800, now=NOW)
    Endpoint.objects.update(name_matches=False)  # something is wrong with it
    far.refresh_from_db()

    assert acknowledging.latest_until(far, now=NOW) == NOW + 90 * DAY


def test_where_no_certificate_was_seen_it_lasts_30_days():
    endpoint = make_endpoint()
    Endpoint.objects.update(status="down", observed_at=NOW)
    endpoint.refresh_from_db()

    assert acknowledging.latest_until(endpoint, now=NOW) == NOW + 30 * DAY
    assert say(endpoint, until=NOW + 30 * DAY).fingerprint == ""


@pytest.mark.parametrize("days", [0, -3])
def test_after_the_last_step_nothing_can_be_silenced(days):
    endpoint = make_checked(days=days)

    assert acknowledging.latest_until(endpoint, now=NOW) is None
    with pytest.raises(ValidationError, match="too late"):
        say(endpoint, until=NOW + timedelta(hours=1))


@pytest.mark.parametrize("until", [NOW, NOW - DAY])
def test_what_is_over_already_is_refused(until):
    with pytest.raises(ValidationError, match="over already"):
        say(near(), until=until)


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_reason_is_wanted(reason):
    with pytest.raises(ValidationError, match="what is being done"):
        say(near(), reason=reason)


def test_a_reason_has_bounds():
    with pytest.raises(ValidationError):
        say(near(), reason="x" * 501)
    assert not Acknowledgement.objects.exists()


def test_where_all_is_well_there_is_nothing_to_acknowledge():
    endpoint = make_checked(days=90)

    with pytest.raises(ValidationError, match="all is well"):
        say(endpoint)


def test_who_was_told_of_it_may_answer():
    endpoint = make_checked(days=90)
    make_notice(endpoint, kind=Notice.Kind.GRADE, step="grade/C")

    assert say(endpoint)


def test_what_was_told_of_another_certificate_is_over():
    endpoint = make_checked(days=90)
    make_notice(endpoint, fingerprint="0" * 64)
    make_notice(endpoint, step="14d", state=Notice.State.CLOSED)

    assert not acknowledging.is_open(endpoint, now=NOW)


def test_a_step_of_the_policy_that_was_crossed_is_enough():
    early = Policy.objects.create(name="Early", steps="80d 1d")
    endpoint = make_checked(days=70, policy=early)

    assert acknowledging.is_open(endpoint, now=NOW)


def test_a_paused_endpoint_tells_nobody_anything():
    endpoint = near(paused=True)

    with pytest.raises(ValidationError, match="nothing to acknowledge"):
        say(endpoint)


def test_a_later_word_takes_the_place_of_the_earlier():
    endpoint = near()
    first = say(endpoint, reason="Ordered.")
    second = say(endpoint, reason="It is here.", now=NOW + DAY)

    now = NOW + DAY
    assert acknowledging.in_force([endpoint.pk], now=now) == {endpoint.pk: second}
    first.refresh_from_db()
    assert first.withdrawn_at == now


def test_it_is_in_force_until_its_end_and_no_longer():
    endpoint = near()
    said = say(endpoint, until=NOW + DAY)

    def is_in_force(now):
        return acknowledging.in_force([endpoint.pk], now=now) == {endpoint.pk: said}

    assert is_in_force(NOW + DAY - timedelta(seconds=1))
    assert not is_in_force(NOW + DAY)


def test_what_was_withdrawn_is_not_in_force_and_is_withdrawn_once():
    endpoint = near()
    said = say(endpoint)

    assert acknowledging.withdraw(said, now=NOW + DAY)
    assert not acknowledging.withdraw(said, now=NOW + DAY)
    assert acknowledging.in_force([endpoint.pk], now=NOW + DAY) == {}


def test_what_is_over_cannot_be_withdrawn():
    said = say(near(), until=NOW + DAY)

    assert not acknowledging.withdraw(said, now=NOW + DAY)


def test_another_certificate_ends_it():
    endpoint = near()
    say(endpoint)
    Endpoint.objects.update(certificate=make_certificate(endpoint.host, days=300))

    assert acknowledging.in_force([endpoint.pk], now=NOW) == {}


def test_the_change_log_has_what_was_said_and_withdrawn():
    said = say(near())
    acknowledging.withdraw(said, now=NOW + DAY)

    entries = Change.objects.filter(object_key=str(said.pk)).order_by("at", "pk")
    assert {entry.action for entry in entries} == {
        Change.Action.CREATE,
        Change.Action.UPDATE,
    }


@pytest.mark.parametrize("rows", [1, 5])
def test_what_is_in_force_is_asked_in_two_queries(rows, django_assert_num_queries):
    keys = [near().pk for _ in range(rows)]
    for endpoint in Endpoint.objects.select_related("certificate"):
        say(endpoint)

    with django_assert_num_queries(2):
        assert len(acknowledging.in_force(keys, now=NOW)) == rows
