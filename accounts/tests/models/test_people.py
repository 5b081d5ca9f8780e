import pytest
from allauth.mfa.models import Authenticator

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import make_team, make_user

pytestmark = pytest.mark.django_db


def give_factor(user, kind=Authenticator.Type.TOTP):
    Authenticator.objects.create(user=user, type=kind, data={"name": "Key"})


def test_people_are_found_by_their_strongest_role():
    nobody, viewer = make_user(), make_user("Viewer")
    editor, administrator = make_user("Editor"), make_user("Administrator")
    root = make_user("Viewer", is_superuser=True)

    assert set(User.objects.in_role(None)) == {nobody}
    assert set(User.objects.in_role(Role.VIEWER)) == {viewer}
    assert set(User.objects.in_role(Role.EDITOR)) == {editor}
    assert set(User.objects.in_role(Role.ADMINISTRATOR)) == {administrator, root}


def test_people_are_found_by_team_and_by_words():
    team = make_team()
    ann = make_user(username="ann", display_name="Ann Lind", teams=[team])
    bo = make_user(username="bo", email="bo@example.com", teams=[make_team()])

    assert list(User.objects.in_team(team)) == [ann]
    assert list(User.objects.matching("LIND")) == [ann]
    assert list(User.objects.matching("EXAMPLE.COM")) == [bo]


def test_a_second_factor_is_an_app_or_a_passkey_but_no_recovery_codes_alone():
    app, passkey, codes, none = (make_user() for _ in range(4))
    give_factor(app)
    give_factor(passkey, Authenticator.Type.WEBAUTHN)
    give_factor(codes, Authenticator.Type.RECOVERY_CODES)

    assert set(User.objects.with_second_factor()) == {app, passkey}
    assert set(User.objects.with_second_factor(has_one=False)) == {codes, none}
    told = {user: user.has_second_factor() for user in User.objects.described()}
    assert told == {app: True, passkey: True, codes: False, none: False}
