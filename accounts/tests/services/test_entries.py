"""What the change log says of tokens, factors and sign-ins of programs."""

from datetime import timedelta

import pytest
from auditlog.context import disable_auditlog
from django.urls import reverse
from django.utils import timezone

from accounts.models import Change
from accounts.roles import Role
from accounts.services import factors, invitations, resets, sign_ins, tokens
from accounts.tests.factories import PASSWORD, make_token, make_user
from accounts.tests.signing import enter_code, enter_password, give_app
from accounts.values import MASK

pytestmark = pytest.mark.django_db
TOKEN = reverse("accounts-api:token")


@pytest.fixture
def user():
    with disable_auditlog():
        return make_user("Administrator", username="ann")


def entries(**which):
    rows = Change.objects.filter(**which).order_by("id")
    return [(row.action, row.object_text, row.changes) for row in rows]


def ask(client, user, **more):
    data = {"username": user.username, "password": PASSWORD, **more}
    return client.post(TOKEN, data, content_type="application/json")


def test_a_token_that_is_made_is_told_without_what_opens(user):
    made = make_token(user, name="Script")

    ((action, _, said),) = entries(model="accounts.apitoken")
    assert (action, said["name"]) == ("create", [None, "Script"])
    assert said["digest"] == [None, MASK]
    assert made.token.digest not in str(said)


def test_a_token_is_revoked_once(user):
    with disable_auditlog():
        token = make_token(user).token

    for _ in range(2):
        tokens.revoke(token, by=user, now=timezone.now())

    ((action, _, said),) = entries(model="accounts.apitoken")
    assert (action, set(said)) == ("update", {"revoked_at", "revoked_by"})
    assert said["revoked_by"] == [None, "ann"]


def test_a_program_that_signs_in_and_out_is_told_like_a_person(client, user):
    pair = ask(client, user).json()
    sign_ins.end(pair["refresh"])

    assert entries() == [("sign-in", "ann", {}), ("sign-out", "ann", {})]
    entry = Change.objects.earliest("id")
    assert (entry.channel, entry.actor, entry.address) == ("api", user.pk, "127.0.0.1")


def test_a_program_without_a_code_is_told_as_refused(client, user):
    with disable_auditlog():
        give_app(user)

    ask(client, user)
    ask(client, user, password="wrong")

    said = {"reason": [None, "code_required"]}
    assert entries() == [("refusal", "ann", said), ("refusal", "ann", {})]


def test_a_refresh_token_that_comes_again_is_told(user):
    pair = sign_ins.begin(user)
    sign_ins.renew(pair.refresh)

    with pytest.raises(sign_ins.SignInOverError):
        sign_ins.renew(pair.refresh)

    said = {"reason": [None, "a refresh token came a second time"]}
    assert entries(action="refusal") == [("refusal", "ann", said)]


def test_factors_that_an_administrator_takes_away_are_told(user):
    with disable_auditlog():
        root = make_user(is_superuser=True)
        give_app(user)

    factors.reset(user, by=root)

    ((action, _, said),) = entries(model="mfa.authenticator")
    assert (action, said["data"]) == ("delete", [MASK, None])


def test_a_door_that_is_shut_is_told_once(client, user):
    for _ in range(8):
        enter_password(client, user, password="wrong")

    assert entries() == [
        *[("refusal", "ann", {})] * 5,
        ("refusal", "ann", {"reason": [None, "too many tries"]}),
    ]


def test_a_wrong_code_at_the_door_is_told(client, user):
    with disable_auditlog():
        give_app(user)
    enter_password(client, user)

    enter_code(client, "000000")

    said = {"reason": [None, "wrong_code"]}
    assert entries(action="refusal") == [("refusal", "ann", said)]


def test_who_asks_too_often_from_one_address_is_told_once_a_minute(client):
    for number in range(35):
        data = {"login": f"guess{number}", "password": "wrong"}
        client.post(reverse("account_login"), data)

    told = [said for _, _, said in entries(action="refusal")]
    assert told.count({"reason": [None, "too many requests"]}) == 1
    assert told[-1] == {"reason": [None, "too many requests"]}


def test_a_link_for_a_new_password_is_told_and_so_is_one_that_was_not_sent(user):
    resets.send_link(user)
    resets.send_if_known(user.email)
    resets.send_if_known("nobody@example.org")

    refused = {"reason": [None, "no link for a new password"]}
    assert entries() == [
        ("link", "ann", {}),
        ("link", "ann", {}),
        ("refusal", "no account of ours", refused),
    ]


def test_an_invitation_that_is_renewed_and_accepted_is_told(user):
    now = timezone.now()
    letter = invitations.invite(
        "bob@example.org", role=Role.VIEWER, teams=[], by=user, now=now
    )
    letter = invitations.renew(letter.invitation, by=user, now=now + timedelta(days=1))
    joined = invitations.accept(
        letter.token,
        username="bob",
        display_name="Bob",
        password=PASSWORD,
        now=now + timedelta(days=2),
    )

    told = Change.objects.filter(model="accounts.invitation").order_by("id")
    made, renewed, accepted = told
    assert made.action == "create"
    assert set(renewed.changes) == {"expires_at"}
    assert set(accepted.changes) == {"accepted_at", "accepted_by"}
    assert (accepted.actor, accepted.actor_name) == (joined.pk, "Bob (bob)")
