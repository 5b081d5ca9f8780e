import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent.parent


def wait_for_a_connection(port):
    """Return once somebody is connected to a port of this machine."""
    limit = time.monotonic() + 30
    while f":{port:04X} 01 " not in Path("/proc/net/tcp").read_text():
        assert time.monotonic() < limit
        time.sleep(0.05)


@pytest.fixture
def waiting(fleet, tmp_path):
    """A command in the middle of its work."""
    silent = next(each for each in fleet.members if each.name == "never-answers")
    where = f"{silent.address}:{silent.port}"
    with subprocess.Popen(
        [sys.executable, "manage.py", "inspect", where],
        cwd=ROOT,
        env={
            **os.environ,
            "CHECK_TIMEOUT": "60",
            "DATABASE_URL": f"sqlite:///{tmp_path / 'none.sqlite3'}",
        },
        stderr=subprocess.PIPE,
        text=True,
    ) as command:
        wait_for_a_connection(silent.port)
        yield command
        command.kill()


def test_ctrl_c_ends_a_command_with_one_line(waiting):
    waiting.send_signal(signal.SIGINT)

    _, errors = waiting.communicate(timeout=30)
    assert waiting.returncode == 130
    assert errors == "certdesk: interrupted; what was written stays.\n"


def test_who_presses_ctrl_c_again_is_told_the_same(waiting):
    waiting.send_signal(signal.SIGINT)
    said = waiting.stderr.readline()

    while waiting.poll() is None:
        waiting.send_signal(signal.SIGINT)
        time.sleep(0.001)

    assert waiting.returncode == 130
    assert said + waiting.stderr.read() == (
        "certdesk: interrupted; what was written stays.\n"
    )


NOBODY = "127.0.0.1:1"  # a port that nobody serves


@pytest.mark.parametrize(
    "url",
    [
        f"postgres://certdesk@{NOBODY}/certdesk",
        f"mongodb://{NOBODY}/certdesk?serverSelectionTimeoutMS=200",
    ],
)
def test_a_database_that_does_not_answer_is_one_line_and_a_status_of_its_own(url):
    ended = _manage("prune", DATABASE_URL=url)

    assert ended.returncode == 75
    assert ended.stderr.startswith("certdesk: the database does not answer: ")
    assert "Traceback" not in ended.stderr


def test_a_table_that_is_missing_is_no_outage(tmp_path):
    ended = _manage("prune", DATABASE_URL=f"sqlite:///{tmp_path / 'empty.sqlite3'}")

    assert ended.returncode == 1
    assert "no such table" in ended.stderr


def _manage(command, **variables):
    return subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
