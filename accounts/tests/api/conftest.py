"""Programs that talk to the API."""

import pytest
from django.core.cache import cache
from django.test import Client


@pytest.fixture(autouse=True)
def _nothing_counted():
    """Throttles count in the cache, and tests come all from one address."""
    cache.clear()
    yield
    cache.clear()


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
