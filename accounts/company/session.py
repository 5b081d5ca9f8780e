"""Requests to the provider: short, small, and to where it said."""

import time
from typing import Any

import requests

TIMEOUT = 5  # seconds for a connection, and for each silence
PATIENCE = 15  # seconds for an answer as a whole
LIMIT = 1024 * 1024  # bytes


class ProviderSession(requests.Session):
    """Follows no redirects and does not wait for ever; requests does by itself."""

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> Any:
        """Ask. Raises RequestException for whatever is no whole answer in time."""
        limits = {"timeout": TIMEOUT, "allow_redirects": False, "stream": True}
        end = time.monotonic() + PATIENCE
        response = super().request(method, url, *args, **{**kwargs, **limits})
        body = bytearray()
        for chunk in response.iter_content(16_384):
            body += chunk
            if len(body) > LIMIT or time.monotonic() > end:
                response.close()
                raise requests.RequestException("The answer is too large or too slow.")
        response._content = bytes(body)  # noqa: SLF001 - what its readers look at
        return response
