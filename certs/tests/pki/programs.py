"""Programs that tests hold us to: servers, OpenSSL, Java's tool for keystores."""

import os
import shutil
from pathlib import Path

import pytest

# Where Debian keeps servers, off the PATH of a user.
PLACES = (
    "/usr/sbin",
    "/usr/lib/news/bin",
    *map(str, Path("/usr/lib/postgresql").glob("*/bin")),
)


def program(name):
    """Return the path of a program; without it the test is skipped.

    A newcomer's machine may lack it. Where REQUIRE_SERVERS is set, as `.ci/run` does,
    which installs them all, the test fails instead.
    """
    path = shutil.which(name, path=os.pathsep.join([os.environ["PATH"], *PLACES]))
    if path is None:
        if os.environ.get("REQUIRE_SERVERS"):
            pytest.fail(f"{name} is not installed, and REQUIRE_SERVERS wants it.")
        pytest.skip(f"{name} is not installed.")
    return path
