"""How often, how much and from where: throttles, sizes, networks, proxies."""

import pytest
from django.urls import reverse

from accounts.models import ApiToken
from accounts.tests.factories import make_token, make_user

pytestmark = pytest.mark.django_db
ME = reverse("accounts-api:me")
TOKEN = reverse("accounts-api:token")
REFRESH = reverse("accounts-api:token-refresh")


@pytest.fixture
def rates(settings):
    def limit(**changed):
        names = {name.replace("_", "-"): rate for name, rate in changed.items()}
        framework = settings.REST_FRAMEWORK
        settings.REST_FRAMEWORK = {
            **framework,
            "DEFAULT_THROTTLE_RATES": {**framework["DEFAULT_THROTTLE_RATES"], **names},
        }

    return limit


@pytest.fixture
def proxies(settings):
    def stand(number):
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = number

    return stand


def test_each_token_and_each_person_has_a_number_of_requests(api, rates):
    rates(person="2/min")
    user = make_user()
    one, other = make_token(user), make_token(user)

    answers = [api(ME, one.text) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["code"] == "throttled"
    assert 0 < int(answers[2]["Retry-After"]) <= 60
    assert api(ME, other.text).status_code == 200


def test_the_session_of_a_page_is_counted_by_its_person(client, rates):
    rates(person="1/min")
    client.force_login(make_user())

    assert [client.get(ME).status_code for _ in range(2)] == [200, 429]


def test_bad_tokens_are_counted_by_address_and_good_ones_still_work(api, rates):
    rates(address="2/min")
    made = make_token(make_user())

    answers = [api(ME, "cdk_wrong") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert "Retry-After" in answers[2]
    assert api(ME, made.text).status_code == 200


def test_signing_in_is_tried_a_few_times_from_an_address(api, rates):
    rates(sign_in="2/min")
    data = {"username": "nobody", "password": "x"}

    codes = [api(TOKEN, method="post", data=data).status_code for _ in range(3)]

    assert codes == [401, 401, 429]
    assert api(REFRESH, method="post", data={"refresh": "x"}).status_code == 401


def test_renewing_is_counted_by_address(api, rates):
    rates(address="1/min")

    codes = [
        api(REFRESH, method="post", data={"refresh": "x"}).status_code for _ in "12"
    ]

    assert codes == [401, 429]


def ask_from(api, address, token, **headers):
    return api(ME, token, REMOTE_ADDR=address, headers=headers)


def test_a_network_of_ipv6_is_one_visitor(api, rates):
    rates(address="1/min")

    codes = [
        ask_from(api, address, "cdk_wrong").status_code
        for address in ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1")
    ]

    assert codes == [401, 429, 401]


def test_a_header_makes_nobody_another_visitor(api, rates):
    rates(address="1/min")

    codes = [
        ask_from(
            api, "192.0.2.1", "cdk_wrong", **{"X-Forwarded-For": forged}
        ).status_code
        for forged in ("10.0.0.1", "10.0.0.2")
    ]

    assert codes == [401, 429]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("10.1.2.3", 200),
        ("::ffff:10.1.2.3", 200),
        ("2001:db8::7", 200),
        ("192.0.2.1", 401),
        ("2001:db9::7", 401),
        ("", 401),
    ],
)
def test_a_token_with_networks_works_from_these_alone(api, address, status):
    made = make_token(make_user(), networks=["10.0.0.0/8", "2001:db8::/32"])

    assert ask_from(api, address, made.text).status_code == status


@pytest.mark.parametrize(
    ("number", "header", "status"),
    [
        (0, "10.0.0.1", 401),
        (1, "10.0.0.1", 200),
        (1, "192.0.2.66, 10.0.0.1", 200),
        (1, "10.0.0.1, 192.0.2.66", 401),
        (1, "", 401),
        (1, "anything", 401),
    ],
)
def test_a_forwarded_address_counts_behind_a_proxy_alone(
    api, proxies, number, header, status
):
    proxies(number)
    made = make_token(make_user(), networks=["10.0.0.0/8"])

    response = ask_from(api, "192.0.2.1", made.text, **{"X-Forwarded-For": header})

    assert response.status_code == status


def test_the_last_use_is_from_the_visitor_s_address(api, proxies):
    proxies(1)
    made = make_token(make_user())

    ask_from(api, "127.0.0.1", made.text, **{"X-Forwarded-For": "2001:DB8::1"})

    assert ApiToken.objects.get().last_used_from == "2001:db8::1"


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        ("{", "application/json", 400, "parse_error"),
        ("\xff", "application/json", 400, "parse_error"),
        ('{"a": NaN}', "application/json", 400, "parse_error"),
        ('{"a": ' + "9" * 5000 + "}", "application/json", 400, "parse_error"),
        ("[" * 100_000, "application/json", 400, "parse_error"),
        ("[]", "application/json", 400, "invalid"),
        ("null", "application/json", 400, "invalid"),
        ("username=a", "application/x-www-form-urlencoded", 415, None),
        ("<a/>", "application/xml", 415, None),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_body_that_is_no_object_of_json_is_refused(api, body, kind, status, code):
    response = api(TOKEN, method="post", data=body.encode("latin-1"), content_type=kind)

    assert response.status_code == status
    assert response.json()["code"] == (code or "unsupported_media_type")


def test_a_body_that_is_too_large_is_not_read(api, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    data = {"username": "a" * 100, "password": "x"}

    response = api(TOKEN, method="post", data=data)

    assert response.status_code == 413
    assert response.json()["code"] == "too_large"
