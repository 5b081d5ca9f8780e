"""JSON Web Tokens that are forged, used up, over, or of somebody who may not."""

import base64
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from rest_framework_simplejwt.token_blacklist.models import (
    BlacklistedToken,
    OutstandingToken,
)

from accounts.models import User
from accounts.services import people, sign_ins
from accounts.tests.factories import make_user

pytestmark = pytest.mark.django_db
ME = reverse("accounts-api:me")
REFRESH = reverse("accounts-api:token-refresh")
BLACKLIST = reverse("accounts-api:token-blacklist")
KEY = settings.SIMPLE_JWT["SIGNING_KEY"]


@pytest.fixture
def user():
    return make_user("Administrator")


@pytest.fixture
def pair(user):
    return sign_ins.begin(user)


@pytest.fixture
def renew(api):
    return lambda token: api(REFRESH, method="post", data={"refresh": token})


@pytest.fixture
def sign_out(api):
    return lambda token: api(BLACKLIST, method="post", data={"refresh": token})


def claims(token):
    return jwt.decode(token, options={"verify_signature": False})


def part(content):
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def unsigned(token, algorithm):
    return f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(claims(token))}."


def public_key():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key, key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def hmac_with_public_key(token):
    """Sign with a public key's text: PyJWT itself refuses to, so by hand."""
    _, pem = public_key()
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    signed = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims(token))}"
    mac = algorithm.sign(signed.encode(), pem)
    return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def rs256(token):
    key, _ = public_key()
    return jwt.encode(claims(token), key, algorithm="RS256")


def altered(**changes):
    def forge(token):
        changed = {**claims(token), **changes}
        changed = {name: value for name, value in changed.items() if value is not None}
        return jwt.encode(changed, KEY, algorithm="HS256")

    return forge


def tampered(token):
    head, _, signature = token.split(".")
    return f"{head}.{part({**claims(token), 'sub': str(make_user().pk)})}.{signature}"


PAST = int((datetime.now(UTC) - timedelta(seconds=1)).timestamp())  # noqa: TID251 - simplejwt reads the clock
FORGERIES = {
    "no algorithm": lambda token: unsigned(token, "none"),
    "no algorithm, spelled otherwise": lambda token: unsigned(token, "nOnE"),
    "no signature": lambda token: unsigned(token, "HS256"),
    "a public key as the secret": hmac_with_public_key,
    "another algorithm": rs256,
    "a longer hash": lambda t: jwt.encode(claims(t), KEY, algorithm="HS512"),
    "another key": lambda t: jwt.encode(claims(t), "k" * 64, algorithm="HS256"),
    "the site's key": lambda t: jwt.encode(
        claims(t), settings.SECRET_KEY, algorithm="HS256"
    ),
    "another person": tampered,
    "another issuer": altered(iss="https://elsewhere.example.org"),
    "another audience": altered(aud="https://elsewhere.example.org/api/"),
    "no issuer": altered(iss=None),
    "no audience": altered(aud=None),
    "no end": altered(exp=None),
    "over": altered(exp=PAST),
    "no person": altered(sub=None),
    "a person who is not there": altered(sub="01a1fef1-2d01-741d-a1ae-29962b7905a5"),
    "no number": altered(jti=None),
    "no kind": altered(token_type=None),
    "no mark of the password": altered(pwd=None),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_access_token_is_refused(api, pair, forge):
    response = api(ME, forge(pair.access))

    assert response.status_code == 401
    assert response.json()["code"] == "invalid_token"


# Whose a refresh token is stands in the table, by the number of the token.
OF_NOBODY = {"no person", "a person who is not there"}


@pytest.mark.parametrize("name", sorted(FORGERIES.keys() - OF_NOBODY))
def test_a_forged_refresh_token_is_refused(renew, pair, name):
    forge = FORGERIES[name]

    assert renew(forge(pair.refresh)).status_code == 401


def test_what_is_well_signed_is_taken(api, pair, renew):
    assert api(ME, altered()(pair.access)).status_code == 200
    assert renew(altered()(pair.refresh)).status_code == 200


def test_a_refresh_token_is_no_access_token_and_the_other_way_round(api, renew, pair):
    assert api(ME, pair.refresh).status_code == 401
    assert renew(pair.access).status_code == 401


def test_a_renewal_gives_new_tokens(api, renew, pair, user):
    renewed = renew(pair.refresh).json()

    assert renewed["refresh"] != pair.refresh
    assert api(ME, renewed["access"]).json()["username"] == user.username
    assert renew(renewed["refresh"]).status_code == 200


def test_a_refresh_token_that_comes_twice_ends_every_sign_in(renew, pair, user, caplog):
    renewed = renew(pair.refresh).json()
    elsewhere = sign_ins.begin(user)
    somebody_else = sign_ins.begin(make_user())

    assert renew(pair.refresh).status_code == 401

    assert renew(renewed["refresh"]).status_code == 401
    assert renew(elsewhere.refresh).status_code == 401
    assert renew(somebody_else.refresh).status_code == 200
    assert f"A refresh token of {user.pk} came a second time" in caplog.text


def test_whoever_signed_out_renews_nothing(renew, sign_out, pair):
    response = sign_out(pair.refresh)

    assert response.status_code == 204
    assert response.content == b""
    assert renew(pair.refresh).status_code == 401
    assert sign_out(pair.refresh).status_code == 401


def test_a_new_password_ends_tokens(api, renew, pair, user):
    user.set_password("another long enough one")
    user.save()

    assert api(ME, pair.access).status_code == 401
    assert renew(pair.refresh).status_code == 401


def test_somebody_deactivated_is_out_and_stays_signed_out(api, renew, pair, user):
    make_user("Administrator")
    people.set_active(user, active=False)
    assert api(ME, pair.access).status_code == 401
    assert renew(pair.refresh).status_code == 401

    people.set_active(user, active=True)

    assert renew(pair.refresh).status_code == 401


def test_a_token_whose_row_is_gone_is_refused(renew, sign_out, pair):
    OutstandingToken.objects.all().delete()

    assert renew(pair.refresh).status_code == 401
    assert sign_out(pair.refresh).status_code == 401


def test_a_person_who_is_gone_renews_nothing(renew, pair):
    OutstandingToken.objects.update(user=None)

    assert renew(pair.refresh).status_code == 401


def test_the_database_holds_no_token(renew, pair):
    renewed = renew(pair.refresh).json()

    rows = str([*OutstandingToken.objects.values(), *BlacklistedToken.objects.values()])
    for token in (pair.access, pair.refresh, *renewed.values()):
        assert token not in rows
        assert token.rpartition(".")[2] not in rows


def test_a_token_tells_nothing_of_the_password(pair, user):
    told = str(claims(pair.access))

    assert user.password not in told
    assert User.objects.get(pk=user.pk).get_session_auth_hash() not in told


def test_times_are_short_and_the_key_is_its_own(pair):
    access, refresh = claims(pair.access), claims(pair.refresh)

    # A second may end while the second of the pair is made.
    assert access["exp"] - access["iat"] in {299, 300}
    assert refresh["exp"] - refresh["iat"] == 86_400
    assert jwt.get_unverified_header(pair.access)["alg"] == "HS256"
    assert len(KEY) == 64
    assert settings.SECRET_KEY not in KEY
    assert KEY not in settings.SECRET_KEY


def test_an_access_token_takes_one_query(pair, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert sign_ins.find(pair.access)


def test_nothing_of_a_pair_is_shown_by_accident(pair):
    assert pair.access not in repr(pair)
    assert pair.refresh not in repr(pair)


@pytest.mark.parametrize("url", [REFRESH, BLACKLIST])
@pytest.mark.parametrize("data", [{}, {"refresh": ""}, {"refresh": "x" * 2049}])
def test_what_is_missing_is_named(api, url, data):
    response = api(url, method="post", data=data)

    assert response.status_code == 400
    assert "refresh" in response.json()["errors"]


def test_what_is_over_is_flushed(pair):
    OutstandingToken.objects.update(expires_at=datetime(2020, 1, 1, tzinfo=UTC))
    sign_ins.begin(make_user())

    call_command("flushexpiredtokens")

    assert OutstandingToken.objects.count() == 1
