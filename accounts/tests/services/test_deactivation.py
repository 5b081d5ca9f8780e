"""What ends with an account that is deactivated, and stays over."""

import pytest

from accounts.roles import Role
from accounts.services import people, sign_ins
from accounts.tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    make_user("Administrator")
    return make_user("Viewer")


def test_a_refresh_token_of_before_renews_nothing_when_somebody_is_let_in_again(user):
    pair = sign_ins.begin(user)

    people.set_active(user, active=False)
    people.set_active(user, active=True)

    with pytest.raises(sign_ins.SignInOverError):
        sign_ins.renew(pair.refresh)


def test_an_account_that_is_saved_as_deactivated_loses_its_refresh_tokens(user):
    pair = sign_ins.begin(user)

    for active in (False, True):
        user.is_active = active
        people.save_user(user, role=Role.VIEWER)

    with pytest.raises(sign_ins.SignInOverError):
        sign_ins.renew(pair.refresh)


def test_others_stay_signed_in(user):
    pair = sign_ins.begin(make_user("Viewer"))

    people.set_active(user, active=False)

    assert sign_ins.renew(pair.refresh).access
