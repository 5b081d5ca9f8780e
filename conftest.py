"""What every test needs."""

import hypothesis
import pytest

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile(
    "steady",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("steady")

pytest_plugins = ["certs.tests.fleet", "project.tests.databases"]


@pytest.fixture(scope="session")
def static_root(tmp_path_factory):
    """A folder for collected files; WhiteNoise warns where there is none."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture(autouse=True)
def _quick_and_quiet(settings, static_root):
    """A cheap password hash, and no files to collect first."""
    settings.STATIC_ROOT = static_root
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        },
    }
