"""`make run` as a newcomer sees it: real processes, real signals."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from project.tests.fresh import fresh_url

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent.parent
LIMIT = 90  # seconds


@pytest.fixture
def database(tmp_path):
    with fresh_url(tmp_path) as url:
        yield url


class Run:
    """A `manage.py run` with a database and a port of its own."""

    def __init__(self, directory, database, *arguments):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.log = directory / f"run-{port}.log"
        self._environment = {
            **os.environ,
            "CERTDESK_ENV_FILE": os.devnull,
            "DATABASE_URL": database,
            "STATIC_ROOT": str(directory / "static"),
            "CACHE_URL": f"file:///{directory / 'cache'}",
            "BROKER_URL": f"file:///{directory / 'queue'}",
            "BIND": f"127.0.0.1:{port}",
            "DEFAULT_HOST": self.address,
        }
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run", *arguments],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a group of its own, as from a terminal
            )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(LIMIT)

    @property
    def text(self):
        return self.log.read_text()

    def wait_for(self, words):
        limit = time.monotonic() + LIMIT
        while words not in self.text:
            assert time.monotonic() < limit, self.text
            assert self.process.poll() is None, self.text
            time.sleep(0.1)

    def page(self):
        with urlopen(self.address, timeout=LIMIT) as answer:  # noqa: S310 - ours
            return answer.read().decode()

    def workers(self):
        """The kinds of processes that were heard of."""
        told = subprocess.run(
            [sys.executable, "manage.py", "work_status", "--json"],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            check=False,  # its status tells whether something is late
        )
        return {worker["kind"] for worker in json.loads(told.stdout)["workers"]}

    def end(self):
        """Press Ctrl-C; returns the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(LIMIT)

    def started(self):
        return [int(pid) for pid in re.findall(r"started \(pid=(\d+)\)", self.text)]


def is_alive(pid):
    return Path(f"/proc/{pid}").exists()


def test_the_first_run_fills_the_inventory_and_ctrl_c_ends_everything(
    tmp_path, database
):
    with Run(tmp_path, database) as run:
        run.wait_for("Booting worker")
        run.wait_for("The demo fleet is up: 43 endpoints")
        assert "Sign in" in run.page()
        assert len(re.findall(r"password +\S{12,}", run.text)) == 1
        processes = run.started()
        assert len(processes) == 4  # demo, web, worker, scheduler

        assert run.end() == 0
        assert not any(map(is_alive, processes))

    with Run(tmp_path, database) as again:
        again.wait_for("The demo fleet is up: 43 endpoints")
        assert "password" not in again.text
        assert again.end() == 0


def test_without_the_demo_the_inventory_stays_empty(tmp_path, database):
    with Run(tmp_path, database, "--no-demo") as run:
        run.wait_for("Booting worker")
        assert "Sign in" in run.page()
        assert "password" not in run.text
        assert len(run.started()) == 3
        limit = time.monotonic() + LIMIT
        while run.workers() != {"worker", "scheduler"}:
            assert time.monotonic() < limit, run.text
        assert run.end() == 0
