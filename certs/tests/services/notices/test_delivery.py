import logging
import socket
from datetime import timedelta

import pytest

from accounts.models import Team
from certs.models import Letter, Notice, Undeliverable
from certs.services.notices import delivery, letters
from certs.services.notices.mailer import Mailer
from certs.tests.factories import NOW, make_user
from certs.tests.warned import (
    HOUR,
    MailServer,
    make_notice,
    make_policy,
    serving,
)

pytestmark = pytest.mark.django_db

ADA, BOB = "ada@example.org", "bob@example.org"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
BACK_OFF = [5 * MINUTE, 30 * MINUTE, 2 * HOUR, 8 * HOUR, DAY, DAY]


def work(now=NOW, **options):
    letters.gather(now=now)
    return list(delivery.deliver(now=now, **options))


def soon(moment, expected):
    return expected <= moment < expected + MINUTE


def states():
    return set(Notice.objects.values_list("state", flat=True))


def test_all_that_is_due_is_told_in_one_mail(server):
    make_notice()
    make_notice()

    (sent,) = work()

    assert [mail["To"] for mail in server.taken] == [ADA]
    letter = Letter.objects.get()
    assert (sent, sent.state) == (letter, Letter.State.SENT)
    assert (letter.state, letter.claim, letter.attempts) == ("sent", None, 0)
    assert soon(letter.sent_at, NOW)
    assert letter.subject == server.taken[0]["Subject"]
    assert states() == {"sent"}
    assert {notice.sent_at for notice in Notice.objects.all()} == {letter.sent_at}


def test_what_was_told_is_not_told_again(server):
    make_notice()
    work()

    assert work() == work(NOW + 40 * DAY) == []

    assert len(server.taken) == 1


def test_many_letters_go_over_one_connection(server):
    for number in range(20):
        make_notice(recipient=f"{number}@example.org")

    assert len(work()) == 20

    assert len(server.taken) == 20
    assert len(server.sessions) == 1


def test_what_is_no_longer_true_is_left_out(server):
    told, closed = make_notice(), make_notice()
    letters.gather(now=NOW)
    Notice.objects.filter(pk=closed.pk).update(state=Notice.State.CLOSED)

    work()

    (mail,) = server.taken
    text = mail.get_body(("plain",)).get_content()
    assert told.endpoint.host in text
    assert closed.endpoint.host not in text
    closed.refresh_from_db()
    assert (closed.state, closed.sent_at) == ("closed", None)


def test_a_letter_with_nothing_left_to_say_is_not_sent_and_is_gone(server):
    notice = make_notice()
    letters.gather(now=NOW)
    Notice.objects.update(state=Notice.State.SUPERSEDED)

    assert work() == []

    assert not server.taken
    assert not Letter.objects.exists()
    notice.refresh_from_db()
    assert notice.letter is None


@pytest.mark.parametrize("is_of_team", [False, True])
def test_who_has_left_meanwhile_is_told_nothing_but_a_team_is(server, is_of_team):
    make_notice(recipient=ADA)
    letters.gather(now=NOW)
    make_user(email=ADA, is_active=False)
    Team.objects.create(name="Web", slug="web", email=ADA if is_of_team else "")

    assert len(work()) == is_of_team

    assert len(server.taken) == is_of_team
    assert states() == {"sent" if is_of_team else "closed"}


def test_a_letter_of_somebody_else_is_left_alone_until_the_lease_is_over(server):
    make_notice()
    letters.gather(now=NOW)
    other = delivery._claimed(Letter.objects.all(), delivery._Clock(NOW))
    held = next(other)

    assert work() == []
    assert work(NOW + delivery.LEASE / 2) == []

    assert work(NOW + delivery.LEASE + MINUTE) == [held]
    assert len(server.taken) == 1


def test_a_claim_late_in_a_run_is_leased_from_then_on(monkeypatch):
    make_notice()
    letters.gather(now=NOW)
    clock = delivery._Clock(NOW)
    monkeypatch.setattr(clock, "_start", clock._start - 180)

    letter = next(delivery._claimed(Letter.objects.all(), clock))

    assert soon(letter.due_at, NOW + 3 * MINUTE + delivery.LEASE)


def test_no_run_goes_on_for_ever(server, monkeypatch):
    for number in range(3):
        make_notice(recipient=f"{number}@example.org")
    monkeypatch.setattr(delivery, "RUN", timedelta(0))

    assert work() == []

    monkeypatch.undo()
    assert Letter.objects.filter(state="waiting", due_at=NOW).count() == 3


# --- failures ---------------------------------------------------------------------


def test_a_refused_address_is_tried_again_ever_later_and_flagged(server):
    make_notice()
    server.answers[ADA] = "550 5.1.1 No such user"
    now = NOW
    for attempt, wait in enumerate(BACK_OFF, start=1):
        (letter,) = work(now)
        letter.refresh_from_db()
        assert (letter.state, letter.attempts) == ("waiting", attempt)
        assert letter.error == "550 5.1.1 No such user"
        assert soon(letter.due_at, now + wait)
        address = Undeliverable.objects.get()
        assert (address.address, address.refusals) == (ADA, attempt)
        assert address.is_flagged == (attempt >= 5)
        assert work(now + wait - MINUTE) == []
        now = letter.due_at
    assert states() == {"waiting"}

    server.answers.clear()
    work(now)

    assert len(server.told(ADA)) == 1
    assert not Undeliverable.objects.exists()
    letter = Letter.objects.get()
    assert (letter.state, letter.error) == ("sent", "")


def test_one_refused_address_keeps_nothing_from_the_others(server):
    make_notice()
    make_notice(recipient=BOB)
    server.answers[ADA] = "550 No such user"

    work()

    assert [mail["To"] for mail in server.taken] == [BOB]


def test_a_letter_is_given_up_after_thirty_attempts(server):
    make_notice()
    server.answers[ADA] = "550 No such user"
    letters.gather(now=NOW)
    Letter.objects.update(attempts=29)

    (letter,) = work()

    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == ("failed", 30)
    assert letter.error == "550 No such user"
    assert work(NOW + 9 * DAY) == []


def test_a_server_that_asks_to_come_back_later_blames_no_address(server):
    make_notice()
    make_notice(recipient=BOB)
    server.answers[ADA] = "451 4.7.1 Greylisted"

    work()

    assert [mail["To"] for mail in server.taken] == [BOB]
    assert not Undeliverable.objects.exists()
    letter = Letter.objects.get(address=ADA)
    assert (letter.attempts, letter.error) == (1, "451 4.7.1 Greylisted")
    server.answers.clear()
    work(NOW + 6 * MINUTE)
    assert len(server.told(ADA)) == 1


@pytest.mark.parametrize("answer", ["554 5.6.0 No such words", "451 4.3.0 Not now"])
def test_a_letter_that_is_not_taken_blames_no_address(server, answer):
    make_notice()
    make_notice(recipient=BOB)
    server.data_answer = answer

    tried = work()

    assert [letter.error for letter in tried] == [answer, answer]
    assert not Undeliverable.objects.exists()


def test_a_letter_that_is_too_big_for_the_server_stops_no_other(server):
    make_notice()
    make_notice(recipient=BOB)
    server.mail_answer = "552 5.3.4 Too big"

    assert [letter.error for letter in work()] == ["552 5.3.4 Too big"] * 2


def test_a_server_that_takes_nothing_from_us_ends_the_run(server):
    make_notice()
    make_notice(recipient=BOB)
    server.mail_answer = "530 5.7.0 Authentication required"

    (tried,) = work()

    assert tried.error == "530 5.7.0 Authentication required"
    assert Letter.objects.filter(due_at=NOW, attempts=0).count() == 1
    assert not Undeliverable.objects.exists()


def test_a_server_that_closes_ends_the_run(server):
    for number in range(3):
        make_notice(recipient=f"{number}@example.org")
        server.answers[f"{number}@example.org"] = "421 4.3.2 Shutting down"

    (tried,) = work()

    assert tried.error == "421 4.3.2 Shutting down"
    assert Letter.objects.filter(due_at=NOW, attempts=0).count() == 2
    assert not Undeliverable.objects.exists()


def test_a_server_that_is_down_costs_one_attempt_of_one_letter(mail_settings):
    for number in range(3):
        make_notice(recipient=f"{number}@example.org")

    (tried,) = work()

    assert "refused" in tried.error.lower()
    assert soon(tried.due_at, NOW + 5 * MINUTE)
    assert Letter.objects.filter(due_at=NOW, attempts=0, claim=None).count() == 2
    assert not Undeliverable.objects.exists()
    box = MailServer()
    with serving(box, port=mail_settings.EMAIL_PORT):
        work(NOW + MINUTE)
        assert len(box.taken) == 2
        work(NOW + 6 * MINUTE)
    assert len(box.taken) == 3
    assert len({mail["Message-ID"] for mail in box.taken}) == 3


def test_a_server_that_hangs_ends_the_run_and_the_letter_comes_later(server):
    make_notice()
    letters.gather(now=NOW - MINUTE)
    make_notice(recipient=BOB)
    server.hangs.add(ADA)

    (tried,) = work()

    assert tried.address == ADA
    assert "timed out" in tried.error
    assert not Undeliverable.objects.exists()
    server.hangs.clear()
    work(NOW + MINUTE)
    work(NOW + 6 * MINUTE)
    assert [mail["To"] for mail in server.taken] == [BOB, ADA]


def test_a_connection_that_ended_meanwhile_is_opened_anew(server, monkeypatch):
    for number in range(2):
        make_notice(recipient=f"{number}@example.org")
    letters.gather(now=NOW)
    mailers = []

    class Watched(Mailer):
        def __init__(self):
            super().__init__()
            mailers.append(self)

    monkeypatch.setattr(delivery, "Mailer", Watched)
    run = delivery.deliver(now=NOW)
    next(run)
    mailers[0]._backend.connection.sock.shutdown(socket.SHUT_RDWR)

    next(run)

    assert len(server.taken) == 2
    assert len(server.sessions) == 2


def test_each_attempt_has_the_same_message_id(server):
    make_notice()
    work()
    Letter.objects.update(state="waiting")  # as after a crash between 250 and commit
    Notice.objects.update(state="waiting", sent_at=None)

    work(NOW + HOUR)

    first, second = server.taken
    assert first["Message-ID"] == second["Message-ID"]
    letter = Letter.objects.get()
    assert first["Message-ID"] == f"<{letter.pk}@certdesk.example.org>"


def test_a_letter_that_cannot_be_written_stops_no_other(server, caplog):
    make_notice(recipient="ada@example.org\nBcc: all@example.org")
    make_notice(recipient=BOB)

    work()

    assert [mail["To"] for mail in server.taken] == [BOB]
    broken = Letter.objects.get(state="waiting")
    assert broken.error == "It could not be written (ValueError)."
    ours = [record for record in caplog.records if record.name.startswith("certs")]
    assert [record.levelno for record in ours] == [logging.ERROR]


# --- channels ---------------------------------------------------------------------


def test_a_wording_that_fails_at_night_gives_way_to_the_sites_own(server, caplog):
    policy = make_policy(subject="{{ gone }}", body="{% load static %}")
    notice = make_notice(policy=policy)

    work()

    assert notice.endpoint.host in server.taken[0]["Subject"]
    assert "is not used" in caplog.text
