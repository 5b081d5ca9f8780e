"""Programs that talk to the API."""

import pytest
from django.test import Client


@pytest.fixture
def api():
    """One who asks with a token; what the view raises becomes an answer."""
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)

    def ask(url, token=None, *, method="get", scheme="Bearer", **more):
        if token is not None:
            more["headers"] = {
                "Authorization": f"{scheme} {token}",
                **more.get("headers", {}),
            }
        if isinstance(more.get("data"), dict):
            more.setdefault("content_type", "application/json")
        return getattr(client, method)(url, **more)

    return ask
