from datetime import timedelta

import pytest

from certs.models import Letter, Notice
from certs.services.notices import letters
from certs.tests.factories import NOW
from certs.tests.warned import HOUR, make_channel, make_notice

pytestmark = pytest.mark.django_db


def test_a_recipient_gets_one_letter_of_all_that_is_due():
    ada = [make_notice() for _ in range(3)]
    bob = make_notice(recipient="bob@example.org")

    assert letters.gather(now=NOW) == 2

    mine, his = Letter.objects.order_by("address")
    assert mine.address == "ada@example.org"
    assert (mine.kind, mine.state) == (Letter.Kind.DIGEST, Letter.State.WAITING)
    assert (mine.claim, mine.due_at) == (None, NOW)
    assert set(mine.notices.all()) == set(ada)
    assert list(his.notices.all()) == [bob]


def test_what_is_not_due_or_not_waiting_gets_into_no_letter():
    make_notice(due_at=NOW + timedelta(seconds=1))
    for state in ("sent", "superseded", "closed"):
        make_notice(state=state)

    assert letters.gather(now=NOW) == 0

    assert not Letter.objects.exists()


def test_what_is_in_a_letter_stays_there():
    notice = make_notice()
    letters.gather(now=NOW)

    assert letters.gather(now=NOW + HOUR) == 0

    notice.refresh_from_db()
    assert notice.letter == Letter.objects.get()


def test_what_becomes_due_later_gets_a_letter_of_its_own():
    make_notice()
    letters.gather(now=NOW)
    make_notice()

    assert letters.gather(now=NOW + HOUR) == 1

    assert [letter.notices.count() for letter in Letter.objects.all()] == [1, 1]


def test_a_channel_gets_a_letter_too():
    channel = make_channel()
    make_notice(recipient=f"channel:{channel.pk}")

    letters.gather(now=NOW)

    letter = Letter.objects.get()
    assert (letter.channel, letter.address) == (channel, "")


def test_who_finds_nothing_left_takes_the_letter_back(monkeypatch):
    make_notice()
    due = list(letters._due(now=NOW))
    letters.gather(now=NOW)
    monkeypatch.setattr(letters, "_due", lambda **_: due)  # seen before

    assert letters.gather(now=NOW) == 0

    assert Letter.objects.count() == 1


def test_nobody_sends_a_letter_that_is_being_filled():
    letter = letters._begun("ada@example.org", now=NOW)

    assert letter.due_at > NOW
    assert letter.claim is not None


def test_a_letter_that_somebody_took_for_abandoned_gives_back_what_it_holds(
    monkeypatch,
):
    begun = letters._begun
    notice = make_notice()

    def taken_meanwhile(recipient, *, now):
        letter = begun(recipient, now=now)
        Letter.objects.filter(pk=letter.pk).update(claim=None)
        return letter

    monkeypatch.setattr(letters, "_begun", taken_meanwhile)
    assert letters.gather(now=NOW) == 0
    notice.refresh_from_db()
    assert (notice.letter, notice.state) == (None, Notice.State.WAITING)


def test_more_than_a_batch_is_in_one_letter(monkeypatch):
    monkeypatch.setattr(letters, "BATCH", 2)
    for _ in range(5):
        make_notice()

    assert letters.gather(now=NOW) == 1

    assert Letter.objects.get().notices.count() == 5
