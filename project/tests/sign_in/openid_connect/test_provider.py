"""A provider that is ill, absent, silent or talks without end."""

import socket

import pytest
import requests
from django.urls import reverse

from accounts.company import session

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("step", ["there", "back"])
def test_a_provider_that_is_ill_is_said(client, provider, step, caplog):
    if step == "back":
        page = client.post(reverse("company_login"))
        back = provider.consents(page.context["target"])
        provider.is_ill = True
        response = client.get(back)
    else:
        provider.is_ill = True
        response = client.post(reverse("company_login"))

    assert response.status_code == 503
    assert "Example Ltd does not answer" in response.text
    assert "sign-in failed: HTTPError" in caplog.text


def test_a_provider_that_is_not_there_is_said(client, provider, configure):
    provider_issuer = provider.issuer
    provider.issuer = "http://127.0.0.1:1"
    configure(provider)
    provider.issuer = provider_issuer

    assert client.post(reverse("company_login")).status_code == 503


def test_a_provider_that_is_silent_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(session, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with (
            session.ProviderSession() as ours,
            pytest.raises(requests.RequestException),
        ):
            ours.get(url)


def test_an_answer_that_does_not_end_is_not_read(provider, monkeypatch):
    monkeypatch.setattr(session, "LIMIT", 100)

    with (
        session.ProviderSession() as ours,
        pytest.raises(requests.RequestException, match="too large"),
    ):
        ours.get(f"{provider.issuer}/.well-known/openid-configuration")


def test_redirects_of_the_provider_are_not_followed(provider):
    with session.ProviderSession() as ours:
        response = ours.get(f"{provider.issuer}/jwks/")

    assert response.status_code in {301, 308, 404}
