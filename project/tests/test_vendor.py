"""The third-party files are the ones that were vendored, byte for byte."""

import json
import shutil
import subprocess
import sys

import pytest
from django.conf import settings

VENDOR = settings.BASE_DIR / "scripts" / "vendor"
COPIES = settings.BASE_DIR / "static" / "vendor"


def check(copies):
    command = [sys.executable, VENDOR / "vendor.py", "check", "--copies", copies]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def copies(tmp_path):
    return shutil.copytree(COPIES, tmp_path / "vendor")


def test_the_vendored_files_are_as_listed():
    done = check(COPIES)

    assert done.returncode == 0, done.stdout


def test_a_changed_file_is_found(copies):
    with (copies / "htmx" / "htmx.min.js").open("a") as file:
        file.write(" ")

    done = check(copies)

    assert done.returncode == 1
    assert done.stdout == "changed: htmx/htmx.min.js\n"


def test_a_missing_file_and_one_too_many_are_found(copies):
    (copies / "icons" / "key.svg").rename(copies / "icons" / "other.svg")

    done = check(copies)

    assert done.returncode == 1
    assert done.stdout == "not listed: icons/other.svg\nmissing: icons/key.svg\n"


def test_each_package_comes_with_its_licence():
    lock = json.loads((VENDOR / "vendor.lock.json").read_text())

    packages = {entry["package"] for entry in lock.values()}
    licensed = {
        entry["package"] for entry in lock.values() if entry["file"] == "LICENSE"
    }
    assert packages == licensed
