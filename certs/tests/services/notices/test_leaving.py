import pytest

from accounts.models import Change
from certs.models import Contact, Notice, Policy
from certs.services.notices import leaving
from certs.tests.factories import make_endpoint, make_team, make_user
from certs.tests.telling import make_letter, make_notice

pytestmark = pytest.mark.django_db
ANN = "ann@example.org"


def test_who_follows_unfollows_everything():
    ann, bob = make_user("Viewer", email=ANN), make_user("Viewer")
    for _ in range(3):
        make_endpoint().followers.set([ann, bob])

    before = leaving.leave(ANN)

    assert before.follows == 3
    assert not ann.followed_endpoints.exists()
    assert bob.followed_endpoints.count() == 3


def test_a_contact_is_told_no_more_and_the_change_log_says_so():
    make_endpoint(contacts=[ANN, "bob@example.org"])

    leaving.leave("Ann@Example.org")

    contact = Contact.objects.get(email=ANN)
    assert not contact.is_active
    assert Contact.objects.get(email="bob@example.org").is_active
    entry = Change.objects.filter(object_key=str(contact.pk)).latest("id")
    assert entry.action == Change.Action.UPDATE


def test_a_team_a_member_a_fallback_and_a_channel_stay_as_they_are():
    team = make_team("Web")
    type(team).objects.update(email=ANN)
    make_user("Editor", email=ANN, teams=[team])
    Policy.objects.update(fallback_email=ANN)

    before = leaving.leave(ANN)

    assert not before.can_end
    assert before.stays
    assert before.teams == ("Web",)
    assert before.is_member
    assert before.is_fallback
    team.refresh_from_db()
    assert team.email == ANN
    channel = leaving.leave("channel:0193")
    assert channel.is_channel
    assert not channel.can_end


def test_what_waits_for_who_has_left_is_not_sent_any_more():
    endpoint = make_endpoint(contacts=[ANN])
    waiting = make_notice(endpoint, recipient=ANN, state=Notice.State.WAITING)
    other = make_notice(endpoint, state=Notice.State.WAITING)
    written = make_notice(
        endpoint,
        recipient=ANN,
        step="3d",
        state=Notice.State.WAITING,
        letter=make_letter(ANN),
    )

    leaving.leave(ANN)

    for notice in (waiting, other, written):
        notice.refresh_from_db()
    assert waiting.state == Notice.State.CLOSED
    assert other.state == Notice.State.WAITING
    assert written.state == Notice.State.WAITING  # the letter is on its way


def test_what_waits_for_a_team_s_address_stays():
    endpoint = make_endpoint(contacts=[ANN])
    type(make_team()).objects.update(email=ANN)
    waiting = make_notice(endpoint, recipient=ANN, state=Notice.State.WAITING)

    leaving.leave(ANN)

    waiting.refresh_from_db()
    assert waiting.state == Notice.State.WAITING


def test_to_leave_twice_does_nothing_more():
    make_endpoint(contacts=[ANN])

    assert leaving.leave(ANN).can_end
    assert not leaving.leave(ANN).can_end
    assert not leaving.leave("nobody@example.org").can_end
