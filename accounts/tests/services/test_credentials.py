"""Codes of an authenticator app, asked for without a page."""

import pytest
from allauth.core.context import request_context
from django.test import RequestFactory

from accounts.models import LastStep
from accounts.services import codes, credentials
from accounts.tests.factories import PASSWORD, make_user
from accounts.tests.signing import give_app, give_codes, one_time_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return make_user("Editor")


def check(user, code=""):
    request = RequestFactory().post("/")
    with request_context(request):  # as allauth's middleware does
        return credentials.check(
            request, name=user.username, password=PASSWORD, code=code
        )


def test_a_code_that_was_used_at_the_door_opens_nothing_here(user):
    give_app(user)
    code = one_time_code()
    assert codes.claim(user, code)

    with pytest.raises(credentials.WrongError) as refused:
        check(user, code)

    assert refused.value.code == "wrong_code"


def test_a_code_that_was_used_here_opens_no_door(user):
    give_app(user)
    code = one_time_code()

    assert check(user, code) == user

    assert LastStep.objects.filter(user=user).exists()
    assert not codes.claim(user, code)


def test_a_secret_that_no_key_opens_is_said_to_be_one(user, settings, caplog):
    give_app(user)
    settings.SECRETS_KEYS = ["another key that is as long as keys have to be"]

    with pytest.raises(credentials.RefusedError) as refused:
        check(user, one_time_code())

    assert refused.value.code == "second_factor_unreadable"
    assert "administrator" in str(refused.value)
    assert str(user.pk) in caplog.text


def test_recovery_codes_alone_are_no_second_factor(user, settings):
    give_codes(user)
    assert check(user) == user
    settings.SECOND_FACTOR_RIGHTS = ["certs.change_endpoint"]
    user = type(user).objects.get(pk=user.pk)

    with pytest.raises(credentials.RefusedError) as refused:
        check(user)

    assert refused.value.code == "second_factor_required"
