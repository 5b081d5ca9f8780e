"""The page of the door offers what opens it, and nothing else."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db
FORM, PASSKEY = 'name="password"', "Sign in with a passkey"
FORGOT, REGISTER = "Forgot your password?", reverse("account_signup")
COMPANY = "Sign in with Example Ltd"


@pytest.fixture
def page(client):
    return lambda: client.get(reverse("account_login")).text


@pytest.fixture
def company(settings):
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"APPS": [{"provider_id": "company", "name": "Example Ltd"}]}
    }


def offers(page):
    every = (FORM, PASSKEY, FORGOT, REGISTER, COMPANY)
    return {each for each in every if each in page}


def test_with_nothing_set_there_are_passwords_and_passkeys(page):
    assert offers(page()) == {FORM, PASSKEY, FORGOT}


def test_strangers_are_led_to_register_where_they_may(page, settings):
    settings.REGISTRATION_OPEN = True

    assert offers(page()) == {FORM, PASSKEY, FORGOT, REGISTER}


@pytest.mark.usefixtures("company")
def test_a_company_that_closes_our_passwords_is_the_only_way(page, settings):
    assert offers(page()) == {FORM, PASSKEY, FORGOT, COMPANY}
    settings.LOCAL_PASSWORDS = False

    assert offers(page()) == {COMPANY}


def test_a_directory_s_passwords_are_not_ours_to_reset(page, settings):
    settings.LOCAL_PASSWORDS, settings.LDAP_USER_NAME = False, "uid"

    assert offers(page()) == {FORM}


@pytest.mark.usefixtures("company")
def test_the_page_asks_the_database_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get(reverse("account_login"))
