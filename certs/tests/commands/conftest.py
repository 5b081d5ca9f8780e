"""An authority of today, for commands read the clock, and files of its."""

import pytest
from django.utils import timezone

from certs.pki.demo.authority import Authority
from certs.tests.commands.inspecting import issue, pem


@pytest.fixture(scope="module")
def today():
    """An authority of today, for a command reads the clock."""
    return Authority("Today", now=timezone.now(), key_kind="rsa-2048")


@pytest.fixture(scope="module")
def sound(today):
    return issue(today)


@pytest.fixture
def root(today, tmp_path):
    """The name of a file with the root."""
    path = tmp_path / "root.pem"
    path.write_text(pem(today.root.der))
    return str(path)


@pytest.fixture
def sound_file(sound, tmp_path):
    path = tmp_path / "sound.pem"
    path.write_text(pem(*sound.chain))
    return str(path)
