import shutil

import pytest


@pytest.fixture(scope="session")
def keytool():
    """Java's own tool for keystores; `.ci/run` installs it."""
    found = shutil.which("keytool")
    if not found:
        pytest.skip("no keytool: install a Java runtime")
    return found
