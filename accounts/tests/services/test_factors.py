import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core import mail
from django.core.exceptions import PermissionDenied

from accounts.services import factors
from accounts.tests.factories import make_user
from accounts.tests.signing import (
    enter_code,
    enter_password,
    give_app,
    give_codes,
    give_key,
    is_signed_in,
    one_time_code,
)

pytestmark = pytest.mark.django_db


def test_the_state_tells_what_there_is_without_opening_a_secret(settings):
    user = make_user("Viewer")
    assert factors.state(user) == factors.FactorState(
        has_app=False, passkeys=0, codes_left=None, is_required=False
    )

    give_app(user)
    give_key(user)
    give_key(user)
    codes = give_codes(user)
    assert codes.validate_code(codes.generate_codes()[3])
    settings.SECRETS_KEYS = ["another key altogether, long enough"]

    state = factors.state(user)
    assert (state.has_app, state.passkeys, state.codes_left) == (True, 2, 9)
    assert state.is_on
    assert not state.is_missing


@pytest.mark.parametrize(
    ("rights", "role", "fields", "required"),
    [
        ([], "Administrator", {}, False),
        (["accounts.act_for_every_team"], "Administrator", {}, True),
        (["accounts.act_for_every_team"], "Editor", {}, False),
        (["accounts.act_for_every_team"], "Viewer", {"is_superuser": True}, True),
        (["certs.change_endpoint"], "Editor", {}, True),
        (["certs.change_endpoint"], "Administrator", {}, True),
        (["certs.change_endpoint"], "Viewer", {}, False),
        (["certs.view_endpoint"], "Viewer", {}, True),
    ],
)
def test_who_must_have_a_factor_follows_from_what_they_may_do(
    settings, rights, role, fields, required
):
    settings.SECOND_FACTOR_RIGHTS = rights

    assert factors.is_required(make_user(role, **fields)) is required


def test_an_administrator_takes_lost_factors_away(
    client, django_capture_on_commit_callbacks
):
    administrator, user = make_user("Administrator"), make_user("Viewer")
    give_app(user)
    give_codes(user)
    enter_password(client, user)
    enter_code(client, one_time_code())
    assert is_signed_in(client)
    mail.outbox.clear()

    with django_capture_on_commit_callbacks(execute=True):
        factors.reset(user, by=administrator)

    assert not Authenticator.objects.exists()
    assert not is_signed_in(client)
    [message] = mail.outbox
    assert message.to == [user.email]
    assert administrator.username in message.body


def test_who_has_no_factor_keeps_sessions_and_gets_no_mail(client):
    user = make_user("Viewer")
    enter_password(client, user)

    factors.reset(user, by=make_user("Administrator"))

    assert is_signed_in(client)
    assert not mail.outbox


def test_nobody_takes_their_own_or_a_superuser_s_factors():
    administrator = make_user("Administrator")
    superuser = make_user(is_superuser=True)
    other = make_user("Administrator")

    assert factors.may_reset(administrator, other)
    assert factors.may_reset(superuser, administrator)
    assert factors.may_reset(make_user(is_superuser=True), superuser)
    for by, user in [
        (administrator, administrator),
        (administrator, superuser),
        (make_user("Editor"), other),
    ]:
        give_key(user)
        with pytest.raises(PermissionDenied):
            factors.reset(user, by=by)
        assert user.has_second_factor()


def test_a_group_of_the_site_s_own_with_an_administrator_s_right_counts(settings):
    settings.SECOND_FACTOR_RIGHTS = ["accounts.act_for_every_team"]
    user = make_user()
    group = Group.objects.create(name="Deputies")
    group.permissions.set(Group.objects.get(name="Administrator").permissions.all())
    user.groups.add(group)

    assert factors.is_required(user)
