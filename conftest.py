"""What every test needs."""

import hypothesis
import pytest
from django.core.cache import cache

from certs.services.work.rota import CACHE_KEY
from project import celery_app

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile(
    "steady",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("steady")

pytest_plugins = [
    "accounts.tests.noticed",
    "certs.tests.fleet",
    "project.tests.databases",
]


@pytest.fixture(scope="session")
def static_root(tmp_path_factory):
    """A folder for collected files; WhiteNoise warns where there is none."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture(scope="session", autouse=True)
def _messages_to_nobody():
    """What is sent to workers stays in this process, where none is."""
    settings = {"broker_read_url": "memory://", "broker_write_url": "memory://"}
    celery_app.conf.update(settings)


@pytest.fixture(autouse=True)
def _quick_and_quiet(settings, static_root, tmp_path):
    """A cheap password hash, no files to collect first, no tries of other tests.

    Files that are asked for lie in a folder of the test.
    """
    settings.EXPORT_DIR = tmp_path / "exports"
    settings.STATIC_ROOT = static_root
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    }
    cache.clear()
    cache.set(CACHE_KEY, (None,))  # nothing is late; pages need not look it up
    settings.MAIL_THREADS = 0
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        },
    }
