"""An app's codes and recovery codes at the door, and the pages that set them up."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import LastStep
from accounts.tests.factories import make_user
from accounts.tests.signing import (
    SECRET,
    confirm,
    enter_code,
    enter_password,
    give_app,
    give_codes,
    give_key,
    is_signed_in,
    one_time_code,
    set_up_app,
)

pytestmark = pytest.mark.django_db
DASHBOARD = reverse("certs:dashboard")
INDEX = reverse("mfa_index")


@pytest.fixture
def user():
    return make_user("Viewer")


@pytest.mark.django_db(transaction=True)
def test_an_app_is_set_up_and_asked_for_at_the_next_sign_in(client):
    user = make_user()
    enter_password(client, user)
    confirm(client)
    secret = set_up_app(client)
    assert "authenticator app" in mail.outbox[-1].subject
    client.post(reverse("account_logout"))

    response = enter_password(client, user)
    assert response.url == reverse("mfa_authenticate")
    assert not is_signed_in(client)
    enter_code(client, one_time_code(secret, ahead=1))
    assert is_signed_in(client)


def test_setting_up_asks_who_is_there_first(client, user):
    enter_password(client, user)

    for name in (
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_generate_recovery_codes",
    ):
        response = client.get(reverse(name))
        assert response.status_code == 302
        assert response.url.startswith(reverse("account_reauthenticate"))


def test_nothing_opens_between_the_password_and_the_code(client, user):
    give_app(user)
    enter_password(client, user)

    for url in (DASHBOARD, "/admin/", INDEX, reverse("usersessions_list")):
        response = client.get(url)
        assert response.status_code == 302, url
        assert response.url.startswith((reverse("account_login"), "/admin/login/"))
    for name in ("mfa_deactivate_totp", "mfa_activate_totp", "account_change_password"):
        response = client.post(reverse(name))
        assert response.status_code == 302
        assert response.url.startswith(reverse("account_login"))
    assert user.has_second_factor()
    assert not is_signed_in(client)


def test_a_code_without_a_password_before_it_is_nothing(client, user):
    give_app(user)

    response = enter_code(client, one_time_code())

    assert response.url == reverse("account_login")
    assert not is_signed_in(client)


def test_a_code_counts_once_also_for_another_process(client, user):
    give_app(user)
    code = one_time_code()
    enter_password(client, user)
    enter_code(client, code)
    assert is_signed_in(client)

    cache.clear()  # what another process, or a restarted one, remembers
    second = Client()
    enter_password(second, user)
    response = enter_code(second, code)

    assert "has been used before" in response.text
    assert not is_signed_in(second)


def test_an_older_code_is_worth_nothing_after_a_newer_one(client, user):
    give_app(user)
    enter_password(client, user)
    enter_code(client, one_time_code(ahead=1))
    assert is_signed_in(client)

    second = Client()
    enter_password(second, user)
    enter_code(second, one_time_code())

    assert not is_signed_in(second)


def test_the_code_of_the_setup_is_used_up_by_it(client, user):
    enter_password(client, user)
    confirm(client)
    secret = set_up_app(client)
    used = LastStep.objects.get().step

    second = Client()
    enter_password(second, user)
    enter_code(second, one_time_code(secret, at=used))

    assert not is_signed_in(second)
    assert LastStep.objects.get().step == used


def test_codes_cannot_be_tried_out(client, user):
    give_app(user)
    enter_password(client, user)
    for _ in range(6):
        response = enter_code(client, "000000")
    assert "Too many failed" in response.text

    other = Client(REMOTE_ADDR="192.0.2.9")
    enter_password(other, user)
    response = enter_code(other, one_time_code())

    assert "Too many failed" in response.text
    assert not is_signed_in(other)


def test_a_used_code_counts_as_a_failed_attempt(client, user):
    give_app(user)
    code = one_time_code()
    enter_password(client, user)
    enter_code(client, code)

    second = Client()
    enter_password(second, user)
    for _ in range(6):
        response = enter_code(second, code)

    assert "Too many failed" in response.text


def test_a_recovery_code_lets_in_once_and_a_mail_tells(client, user):
    give_app(user)
    code = give_codes(user).generate_codes()[0]
    enter_password(client, user)
    enter_code(client, code)
    assert is_signed_in(client)
    assert "A recovery code was used" in mail.outbox[-1].subject
    assert "9 are left" in mail.outbox[-1].body
    assert code not in mail.outbox[-1].body

    second = Client()
    enter_password(second, user)
    enter_code(second, code)
    assert not is_signed_in(second)


def test_neither_secret_nor_recovery_code_lies_open_in_the_database(client, user):
    enter_password(client, user)
    confirm(client)
    secret = set_up_app(client)
    codes = Authenticator.objects.get(type="recovery_codes").wrap().generate_codes()

    stored = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))

    assert secret not in stored
    assert not any(code in stored for code in codes)


def test_a_key_that_is_missing_is_said_and_not_an_error(client, user, settings, caplog):
    give_app(user)
    settings.SECRETS_KEYS = ["another key altogether, long enough"]
    enter_password(client, user)

    response = enter_code(client, one_time_code())

    assert response.status_code == 200
    assert "key is missing" in response.text
    assert "cannot be opened" in caplog.text
    assert not is_signed_in(client)


def test_codes_need_the_token_against_forged_requests(user):
    give_app(user)
    client = Client()
    enter_password(client, user)
    client.handler.enforce_csrf_checks = True

    assert enter_code(client, one_time_code()).status_code == 403
    assert not is_signed_in(client)


def test_somebody_confirms_with_a_code(client, user):
    give_app(user)
    client.force_login(user)

    client.post(reverse("mfa_reauthenticate"), {"code": one_time_code()})

    assert client.get(reverse("mfa_add_webauthn")).status_code == 200


def test_every_page_of_the_second_factor_opens(client, user):
    give_app(user)
    give_codes(user)
    key = give_key(user, name="<i>Key</i>")
    enter_password(client, user)
    enter_code(client, one_time_code())
    confirm(client)

    for name in (
        "mfa_index",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_reauthenticate",
        "accounts:profile",
    ):
        response = client.get(reverse(name))
        assert response.status_code == 200, name
        assert "<i>Key" not in response.text
    for name in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
        response = client.get(reverse(name, args=[key.pk]))
        assert response.status_code == 200
        assert "<i>Key" not in response.text


def test_the_secret_differs_each_time_the_page_opens(client, user):
    enter_password(client, user)
    confirm(client)
    url = reverse("mfa_activate_totp")

    first = client.get(url).context["form"].secret
    second = client.get(url).context["form"].secret

    assert len({first, second, SECRET}) == 3
    assert "data:image/svg+xml;base64," in client.get(url).text
