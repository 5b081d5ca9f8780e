import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from project.runner import PytestRunner

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("options", "flags"),
    [
        ({}, ["--create-db"]),
        ({"verbosity": 0}, ["--quiet", "--create-db"]),
        ({"verbosity": 2}, ["--verbose", "--create-db"]),
        ({"verbosity": 3}, ["-vv", "--create-db"]),
        ({"failfast": True, "keepdb": True}, ["--exitfirst", "--reuse-db"]),
        ({"patterns": ["a or b"]}, ["--create-db", "-k", "a or b"]),
    ],
)
def test_django_s_options_become_pytest_s(options, flags):
    assert PytestRunner(**options).arguments == flags


def test_the_options_are_offered():
    parser = argparse.ArgumentParser()
    PytestRunner.add_arguments(parser)

    options = parser.parse_args(["--keepdb", "-k", "name"])

    assert options.keepdb
    assert options.patterns == ["name"]


@pytest.mark.parametrize(("body", "code"), [("assert True", 0), ("assert False", 1)])
def test_manage_py_test_runs_pytest_and_passes_on_its_exit_code(tmp_path, body, code):
    (tmp_path / "test_it.py").write_text(f"def test_it():\n    {body}\n")

    result = subprocess.run(
        [sys.executable, "manage.py", "test", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert result.returncode == code, result.stdout + result.stderr
    assert ("1 passed" if code == 0 else "1 failed") in result.stdout
