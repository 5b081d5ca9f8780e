import json

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Change, LastStep
from accounts.roles import Role
from accounts.services import factors, people
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
)
from accounts.tests.soft_key import SoftKey

pytestmark = pytest.mark.django_db
DASHBOARD = reverse("certs:dashboard")
INDEX = reverse("mfa_index")
ADMINISTRATORS = ["accounts.act_for_every_team"]


@pytest.fixture(autouse=True)
def _no_memory():
    """Attempts are counted in the cache; one test's are none of another's."""
    cache.clear()


@pytest.fixture
def user():
    return make_user("Viewer")


def set_up_app(client):
    """Return the secret that the page shows, taken up by an app."""
    url = reverse("mfa_activate_totp")
    secret = client.get(url).context["form"].secret
    response = client.post(url, {"code": one_time_code(secret)}, follow=True)
    assert "Recovery codes" in response.text
    return secret


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
    enter_code(second, one_time_code(secret))

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


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "null",
        "[]",
        '"x"',
        "7",
        "{}",
        "not json",
        "[" * 15_000,
        "{" + '"a":' * 10,
        json.dumps({"id": "x", "rawId": "x", "response": {}, "type": "public-key"}),
        json.dumps({"id": "AA", "rawId": "AA", "response": None, "type": "public-key"}),
        json.dumps(
            {
                "id": "AA",
                "rawId": "AA",
                "type": "public-key",
                "clientExtensionResults": {},
                "response": {
                    "clientDataJSON": "e30",
                    "authenticatorData": "AAAA",
                    "signature": "AA",
                    "userHandle": "eA",
                },
            }
        ),
        json.dumps({"id": ["AA"], "rawId": 5, "response": {"userHandle": []}}),
        "x" * 30_000,
    ],
)
def test_no_malformed_passkey_breaks_a_page(client, user, credential):
    url = reverse("mfa_login_webauthn")
    client.get(url, headers={"Accept": "application/json"})  # begins, as browsers do
    response = client.post(url, {"credential": credential})
    assert response.status_code == 302
    assert not is_signed_in(client)

    give_key(make_user())
    enter_password(client, user)
    confirm(client)
    url = reverse("mfa_add_webauthn")
    client.get(url)
    response = client.post(url, {"name": "Key", "credential": credential})
    assert response.status_code == 200
    assert not user.has_second_factor()


def begin(client, url):
    """Return what the server asks of a key, as the page or the answer has it."""
    response = client.get(url, headers={"Accept": "application/json"})
    if response["Content-Type"].startswith("application/json"):
        return response.json()["request_options"]
    options = response.context["js_data"]
    return json.loads(json.dumps(next(iter(options.values())), default=dict))


def sign_in_with(client, key, options=None):
    options = options or begin(client, reverse("mfa_login_webauthn"))
    return client.post(
        reverse("mfa_login_webauthn"), {"credential": key.get(options)}, secure=True
    )


@pytest.fixture
def key(client, user):
    """A passkey of `user`, registered through the pages; nobody is signed in after."""
    key = SoftKey()
    enter_password(client, user)
    confirm(client)
    url = reverse("mfa_add_webauthn")
    credential = key.create(begin(client, url))
    client.post(url, {"name": "Laptop", "credential": credential, "passwordless": "on"})
    assert factors.state(user).passkeys == 1
    client.post(reverse("account_logout"))
    return key


def test_a_passkey_alone_signs_in(client, key):
    response = sign_in_with(client, key)

    assert response.url == DASHBOARD
    assert is_signed_in(client)


def test_a_passkey_is_the_second_factor_too(client, user, key):
    assert enter_password(client, user).url == reverse("mfa_authenticate")
    assert not is_signed_in(client)
    url = reverse("mfa_authenticate")

    client.post(url, {"credential": key.get(begin(client, url))})

    assert is_signed_in(client)


def test_a_passkey_s_answer_counts_once(client, key):
    options = begin(client, reverse("mfa_login_webauthn"))
    credential = key.get(options)
    url = reverse("mfa_login_webauthn")
    client.post(url, {"credential": credential})
    assert is_signed_in(client)
    client.post(reverse("account_logout"))

    client.post(url, {"credential": credential})
    assert not is_signed_in(client)
    begin(client, url)
    client.post(url, {"credential": credential})
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: setattr(key, "origin", "https://evil.example"),
        lambda key: setattr(key, "host", "evil.example"),
        lambda key: setattr(key, "private_key", SoftKey().private_key),
        lambda key: setattr(key, "flags", 1),  # neither finger, face nor PIN
        lambda key: setattr(key, "user_handle", b"not-a-uuid"),
        lambda key: setattr(key, "user_handle", b""),
        lambda key: setattr(key, "id", b"another"),
    ],
)
def test_a_false_passkey_opens_nothing(client, key, spoil):
    spoil(key)

    assert sign_in_with(client, key).status_code == 302

    assert not is_signed_in(client)
    refused = Change.objects.filter(action=Change.Action.REFUSAL).latest("id")
    assert refused.changes == {"reason": [None, "wrong_passkey"]}


def test_a_deactivated_person_s_passkey_opens_nothing(client, user, key):
    user.is_active = False
    user.save()

    sign_in_with(client, key)

    assert not is_signed_in(client)


def test_passkeys_cannot_be_tried_out(client, key):
    key.private_key = SoftKey().private_key
    for _ in range(12):
        response = sign_in_with(client, key, {"publicKey": {"challenge": "AAAA"}})

    assert response.status_code == 429


def test_somebody_confirms_with_a_passkey(client, user, key):
    sign_in_with(client, key)
    url = reverse("mfa_reauthenticate_webauthn")

    client.post(url, {"credential": key.get(begin(client, url))})

    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_somebody_confirms_with_a_code(client, user):
    give_app(user)
    client.force_login(user)

    client.post(reverse("mfa_reauthenticate"), {"code": one_time_code()})

    assert client.get(reverse("mfa_add_webauthn")).status_code == 200


# --- required ------------------------------------------------------------------


def test_who_must_have_a_factor_reaches_its_setup_and_nothing_else(client, settings):
    settings.SECOND_FACTOR_RIGHTS = ADMINISTRATORS
    enter_password(client, make_user("Administrator"))

    for url in (DASHBOARD, "/admin/", reverse("accounts:users"), "/nowhere/"):
        response = client.get(url)
        assert (response.status_code, response.headers.get("Location")) in (
            (302, INDEX),
            (404, None),  # an address that leads nowhere
        ), url
    assert client.post(reverse("accounts:user-add"), {}).url == INDEX
    response = client.get(DASHBOARD, headers={"HX-Request": "true"})
    assert response["HX-Refresh"] == "true"

    assert "Your role takes a second factor" in client.get(INDEX).text
    assert client.get(reverse("healthz")).status_code == 200
    confirm(client)
    set_up_app(client)
    assert client.get(DASHBOARD).status_code == 200
    assert client.post(reverse("account_logout")).status_code == 302


def test_others_go_on_without_one(client, settings, user):
    settings.SECOND_FACTOR_RIGHTS = ADMINISTRATORS
    enter_password(client, user)

    assert client.get(DASHBOARD).status_code == 200


def test_a_person_who_is_promoted_needs_one_at_the_next_page(client, settings, user):
    settings.SECOND_FACTOR_RIGHTS = ADMINISTRATORS
    enter_password(client, user)
    assert client.get(DASHBOARD).status_code == 200

    people.save_user(user, role=Role.ADMINISTRATOR, teams=[])

    assert client.get(DASHBOARD).url == INDEX


def test_the_requirement_costs_who_meets_it_no_query(client, settings):
    user = make_user("Administrator")
    give_app(user)
    client.force_login(user)
    url = reverse("accounts:users")

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    count()  # finds out what all pages show
    before = count()
    settings.SECOND_FACTOR_RIGHTS = ADMINISTRATORS
    count()  # asks, and keeps the answer
    assert count() == before


def test_the_last_factor_stays_while_it_is_required(client, settings):
    settings.SECOND_FACTOR_RIGHTS = ADMINISTRATORS
    user = make_user("Administrator")
    app, key = give_app(user), give_key(user)
    enter_password(client, user)
    enter_code(client, one_time_code())
    confirm(client)
    remove_key = reverse("mfa_remove_webauthn", args=[key.pk])

    client.post(remove_key)
    assert list(Authenticator.objects.all()) == [app]
    response = client.post(reverse("mfa_deactivate_totp"))
    assert "this is your last one" in response.text
    assert user.has_second_factor()

    app.delete()
    key = give_key(user)
    remove_key = reverse("mfa_remove_webauthn", args=[key.pk])
    response = client.post(remove_key, follow=True)
    assert "this is your last one" in response.text
    assert user.has_second_factor()


def test_where_it_is_not_required_the_last_factor_can_go(client, user):
    give_app(user)
    give_codes(user)
    enter_password(client, user)
    enter_code(client, one_time_code())
    confirm(client)

    client.post(reverse("mfa_deactivate_totp"))

    assert not Authenticator.objects.exists()


def test_nobody_removes_or_renames_another_person_s_key(client, user):
    key = give_key(make_user())
    enter_password(client, user)
    confirm(client)

    for name in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
        url = reverse(name, args=[key.pk])
        assert client.get(url).status_code == 404
        assert client.post(url, {"name": "Mine"}).status_code == 404


def test_an_address_can_still_be_changed_with_a_factor(client, user):
    give_app(user)
    client.force_login(user)
    confirm(client)

    client.post(
        reverse("account_email"), {"action_add": "", "email": "new@example.org"}
    )

    assert user.emailaddress_set.filter(email="new@example.org").exists()


# --- taken away by an administrator --------------------------------------------


def test_an_administrator_confirms_and_takes_the_factors_away(client, user):
    give_app(user)
    administrator = make_user("Administrator")
    enter_password(client, administrator)
    url = reverse("accounts:user-factors-reset", args=[user.pk])

    assert client.get(url).url.startswith(reverse("account_reauthenticate"))
    assert user.has_second_factor()
    confirm(client)
    assert user.username in client.get(url).text
    response = client.post(url, follow=True)

    assert "was removed" in response.text
    assert not user.has_second_factor()


@pytest.mark.parametrize("role", ["Viewer", "Editor"])
def test_others_take_nobody_s_factors(client, user, role):
    give_app(user)
    enter_password(client, make_user(role))
    confirm(client)
    url = reverse("accounts:user-factors-reset", args=[user.pk])

    assert client.get(url).status_code == 403
    assert client.post(url).status_code == 403
    assert user.has_second_factor()


def test_an_administrator_cannot_take_a_superuser_s_factors(client):
    superuser = make_user(is_superuser=True)
    give_app(superuser)
    enter_password(client, make_user("Administrator"))
    confirm(client)
    url = reverse("accounts:user-factors-reset", args=[superuser.pk])

    assert client.post(url).status_code == 403
    assert superuser.has_second_factor()


# --- pages ---------------------------------------------------------------------


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


def test_a_key_is_renamed_within_bounds(client, user):
    key = give_key(user)
    enter_password(client, user)
    client.force_login(user)
    confirm(client)
    url = reverse("mfa_edit_webauthn", args=[key.pk])

    client.post(url, {"name": "Blue key"})
    client.post(url, {"name": "x" * 101})

    key.refresh_from_db()
    assert key.data["name"] == "Blue key"


def test_the_secret_differs_each_time_the_page_opens(client, user):
    enter_password(client, user)
    confirm(client)
    url = reverse("mfa_activate_totp")

    first = client.get(url).context["form"].secret
    second = client.get(url).context["form"].secret

    assert len({first, second, SECRET}) == 3
    assert "data:image/svg+xml;base64," in client.get(url).text
