"""What a provider says of a person, and all that can be wrong with it."""

import pytest
from allauth.socialaccount.models import SocialApp
from django.urls import reverse

from project.tests.sign_in.openid_connect.provider import (
    OTHER_KEY,
)
from project.tests.sign_in.openid_connect.visitors import is_signed_in, others

pytestmark = pytest.mark.django_db


def test_a_provider_in_the_admin_does_not_count(client, provider):
    SocialApp.objects.create(
        provider="openid_connect",
        provider_id="company",
        name="Evil",
        client_id="x",
        settings={"server_url": "http://127.0.0.1:1"},
    )

    provider.signs_in(client)

    assert is_signed_in(client)


def refused(client, provider, **walk):
    response = provider.signs_in(client, **walk)
    assert response.status_code == 401
    assert "The sign-in failed" in response.text
    assert not is_signed_in(client)
    assert not others().exists()


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": None},
        {"azp": "another"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": 1},
        {"exp": None},
        {"iat": 4_000_000_000},
        {"sub": ""},
        {"sub": None},
        {"sub": "somebody-else"},  # than userinfo says
    ],
    ids=str,
)
def test_a_token_with_a_wrong_claim_opens_nothing(client, provider, claims):
    provider.claims = claims

    refused(client, provider)


def test_a_token_without_a_signature_opens_nothing(client, provider):
    provider.key, provider.algorithm = None, "none"

    refused(client, provider)


def test_a_token_signed_with_the_public_key_as_a_secret_opens_nothing(client, provider):
    provider.key, provider.algorithm = "x" * 64, "HS256"

    refused(client, provider)


def test_a_token_signed_by_somebody_else_opens_nothing(client, provider):
    provider.key = OTHER_KEY

    refused(client, provider)


def test_a_token_of_an_unknown_key_opens_nothing(client, provider):
    provider.key_id = "unknown"

    refused(client, provider)


def test_what_another_says_of_the_person_opens_nothing(client, provider):
    provider.userinfo = {"sub": "somebody-else"}

    refused(client, provider)


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://evil.example"},
        {"jwks_uri": None},
        {"token_endpoint": "ftp://example.org"},
        {"token_endpoint": "http://[broken"},
        {"token_endpoint": 5},
    ],
    ids=str,
)
def test_a_provider_that_is_not_who_it_should_be_is_not_asked(
    client, provider, discovery
):
    provider.discovery = discovery

    response = client.post(reverse("company_login"))

    assert response.status_code == 401
    assert "The sign-in failed" in response.text
