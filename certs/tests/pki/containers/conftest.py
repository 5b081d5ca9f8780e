import pytest

from certs.tests.pki.programs import program


@pytest.fixture(scope="session")
def keytool():
    """Java's own tool for keystores; `.ci/run` installs it."""
    return program("keytool")
