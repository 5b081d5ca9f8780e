"""A provider that knows Ann, and a site that knows the provider."""

import pytest

from accounts.tests.factories import make_user
from project import sign_in
from project.env import Environment
from project.tests.sign_in.openid_connect.provider import CLIENT, running_provider


@pytest.fixture
def configure(settings):
    """Set the site up by variables alone, as an operator does."""

    def set_up(provider, **variables):
        values = {
            "OIDC_ISSUER": provider.issuer,
            "OIDC_CLIENT_ID": CLIENT,
            "OIDC_CLIENT_SECRET": "secret",
            "OIDC_NAME": "Example Ltd",
            "OIDC_ROLES": "admins=Administrator ops=Editor",
            "OIDC_TEAMS": "netops=network",
            **variables,
        }
        for name, value in sign_in.from_environment(Environment(values)).items():
            setattr(settings, name, value)

    return set_up


@pytest.fixture(scope="module")
def _server():
    with running_provider() as provider:
        yield provider


@pytest.fixture
def administrator(db):
    return make_user("Administrator", username="root")


@pytest.fixture
def provider(_server, configure, administrator):
    """A provider that knows Ann, and a site that knows the provider."""
    fresh = type(_server)()
    for name in ("discovery", "claims", "userinfo", "key", "algorithm", "key_id"):
        setattr(_server, name, getattr(fresh, name))
    _server.is_ill, _server.asked, _server.questions = False, [], []
    configure(_server)
    _server.knows(
        "ann-1",
        email="Ann@example.org",
        email_verified=True,
        name="Ann Lee",
        preferred_username="ann",
        groups=["ops", "netops", "staff"],
    )
    return _server
