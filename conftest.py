"""What every test needs."""

import pytest

pytest_plugins = ["certs.tests.fleet", "project.tests.databases"]


@pytest.fixture(autouse=True)
def _quick_and_quiet(settings):
    """A cheap password hash, no files to collect first, no mail that leaves."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STATIC_ROOT = settings.BASE_DIR / "static"  # one that is there
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        },
    }
