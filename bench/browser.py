"""A browser of somebody who may see everything, without a network."""

from django.conf import settings
from django.test import Client

from accounts.models import User

OK = 200
NAME = "bench"  # of the person


def signed_in() -> Client:
    """Return the browser; its person is made if need be."""
    user, _ = User.objects.get_or_create(
        username=NAME,
        defaults={
            "email": "bench@nordbank.example",
            "is_staff": True,
            "is_superuser": True,
        },
    )
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    client.force_login(user)
    return client


def get(client: Client, url: str) -> str:
    """Return the page at `url`; RuntimeError if there is none."""
    response = client.get(url)
    if response.status_code != OK:
        raise RuntimeError(f"{url}: status {response.status_code}")
    return response.content.decode()


def plain_files() -> dict[str, object]:
    """Return STORAGES that want no collected files."""
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    return {**settings.STORAGES, "staticfiles": {"BACKEND": plain}}
