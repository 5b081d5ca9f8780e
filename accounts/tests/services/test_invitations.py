import hashlib
import smtplib
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from accounts.models import Invitation, User
from accounts.roles import Role
from accounts.services import invitations, people
from accounts.tests.factories import PASSWORD, make_team, make_user

pytestmark = pytest.mark.django_db

NOW = timezone.now().replace(microsecond=0)
WEEK = timedelta(days=7)


def invite(email="ann@example.org", *, by=None, teams=(), role=Role.EDITOR, now=NOW):
    by = by or make_user("Administrator")
    return invitations.invite(email, role=role, teams=teams, by=by, now=now)


def accept(letter, *, username="ann", now=NOW):
    return invitations.accept(
        letter.token, username=username, display_name="Ann", password=PASSWORD, now=now
    )


def test_an_invitation_becomes_an_account_with_role_and_teams():
    team = make_team("Web")
    letter = invite(teams=[team])

    user = accept(letter)

    user = User.objects.get(pk=user.pk)
    assert user.roles() == [Role.EDITOR]
    assert list(user.teams.all()) == [team]
    assert user.check_password(PASSWORD)
    address = EmailAddress.objects.get(user=user, verified=True, primary=True)
    assert address.email == "ann@example.org"
    invitation = Invitation.objects.get()
    assert (invitation.accepted_by, invitation.accepted_at) == (user, NOW)


def test_of_the_link_only_a_hash_is_kept():
    letter = invite()

    kept = Invitation.objects.values().get()
    assert kept["token_hash"] == hashlib.sha256(letter.token.encode()).hexdigest()
    assert letter.token not in str(kept)


def test_a_link_works_once():
    letter = invite()
    accept(letter)

    with pytest.raises(invitations.ClosedInvitationError):
        accept(letter, username="second")

    assert not User.objects.filter(username="second").exists()


def test_of_two_clicks_at_once_one_makes_an_account(monkeypatch):
    """The second has looked while the link was good; the claim decides."""
    letter = invite()
    found = invitations.find(letter.token, now=NOW)
    accept(letter)
    monkeypatch.setattr(invitations, "find", lambda *_, **__: found)

    with pytest.raises(invitations.ClosedInvitationError):
        accept(letter, username="second")

    assert not User.objects.filter(username="second").exists()


@pytest.mark.parametrize(
    ("late", "works"),
    [(timedelta(), False), (-timedelta(seconds=1), True)],
)
def test_a_link_works_for_seven_days_to_the_second(late, works):
    letter = invite()

    if works:
        assert accept(letter, now=NOW + WEEK + late)
    else:
        with pytest.raises(invitations.ClosedInvitationError):
            accept(letter, now=NOW + WEEK + late)


def test_an_invitation_that_is_sent_again_has_another_link_and_its_full_time():
    old = invite()
    other = make_user("Administrator")

    new = invitations.renew(old.invitation, by=other, now=NOW + 2 * WEEK)

    assert new.token != old.token
    assert new.invitation.invited_by == other
    with pytest.raises(invitations.ClosedInvitationError):
        invitations.find(old.token, now=NOW)
    assert accept(new, now=NOW + 2 * WEEK)


def test_a_link_that_was_withdrawn_is_closed():
    letter = invite()

    invitations.withdraw(letter.invitation)

    with pytest.raises(invitations.ClosedInvitationError):
        accept(letter)
    assert not Invitation.objects.exists()


def test_what_was_accepted_is_neither_withdrawn_nor_sent_again():
    letter = invite()
    accept(letter)

    with pytest.raises(invitations.ClosedInvitationError):
        invitations.withdraw(letter.invitation)
    with pytest.raises(invitations.ClosedInvitationError):
        invitations.renew(letter.invitation, by=make_user(), now=NOW)
    assert Invitation.objects.exists()


def test_what_a_deactivated_person_sent_is_closed():
    make_user("Administrator")
    by = make_user("Administrator")
    letter = invite(by=by)
    people.set_active(by, active=False)

    with pytest.raises(invitations.ClosedInvitationError):
        accept(letter)


def test_a_link_is_closed_when_the_address_has_an_account_by_now():
    letter = invite()
    make_user(email="ANN@example.org")

    with pytest.raises(invitations.ClosedInvitationError):
        accept(letter)


def test_a_name_that_is_taken_meanwhile_leaves_the_link_as_it_was():
    letter = invite()
    make_user(username="taken")

    with pytest.raises(invitations.TakenError):
        accept(letter, username="taken")

    assert accept(letter, username="free")


def test_the_letter_names_who_what_and_until_when(settings):
    settings.DEFAULT_HOST = "https://certdesk.example.org"
    by = make_user("Administrator", display_name="Bob <b>")
    letter = invite(by=by)

    assert invitations.send([letter], now=NOW) == []

    [sent] = mail.outbox
    assert isinstance(sent, EmailMultiAlternatives)
    [(html, kind)] = sent.alternatives
    link = f"https://certdesk.example.org/accounts/invitations/{letter.token}/"
    assert sent.to == ["ann@example.org"]
    assert "\n" not in sent.subject
    assert link in str(sent.body)
    assert "Bob <b> invites you" in str(sent.body)
    assert link in str(html)
    assert "Bob &lt;b&gt;" in str(html)
    assert kind == "text/html"
    assert Invitation.objects.get().sent_at == NOW


def test_a_letter_that_the_server_refuses_does_not_stop_the_others(monkeypatch):
    """The mail server is outside: only its answer is made up."""
    backend = type(mail.get_connection())
    deliver = backend.send_messages

    def refuse_ann(self, messages):
        if messages[0].to == ["ann@example.org"]:
            raise smtplib.SMTPRecipientsRefused({})
        return deliver(self, messages)

    monkeypatch.setattr(backend, "send_messages", refuse_ann)
    by = make_user("Administrator")
    letters = [invite(by=by), invite("bob@example.org", by=by)]

    assert invitations.send(letters, now=NOW) == letters[:1]
    assert [message.to for message in mail.outbox] == [["bob@example.org"]]
    assert Invitation.objects.get(sent_at=None).email == "ann@example.org"


def test_without_a_mail_server_nothing_was_sent(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    letter = invite()

    assert invitations.send([letter], now=NOW) == [letter]
