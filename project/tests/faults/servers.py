"""Servers of a test's own, to be restarted and killed."""

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent.parent
LIMIT = 60  # seconds


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Postgres:
    """A PostgreSQL in a directory of its own; it refuses to run as root."""

    def __init__(self, directory):
        programs = Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")
        self._control = shutil.which("pg_ctl") or max(map(str, programs))
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self._data = directory / "data"
        self.port = free_port()
        self.url = f"postgres://certdesk@127.0.0.1:{self.port}/postgres"
        if self._as:
            shutil.chown(directory, "postgres")
        self._run("initdb", "-o", "-U certdesk -A trust --no-sync --locale=C.UTF-8")
        self.start()

    def start(self):
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off"
        options += " -c unix_socket_directories=''"
        self._run("start", "-w", "-l", self._data / "log", "-o", options)

    def stop(self):
        self._run("stop", "-w", "-m", "fast")

    def _run(self, *words):
        command = [*self._as, self._control, "-D", self._data, *words]
        subprocess.run(command, check=True, capture_output=True, cwd="/", timeout=LIMIT)


@contextmanager
def postgres():
    # Not pytest's directory: the server's user may not enter it.
    with tempfile.TemporaryDirectory(prefix="certdesk-", dir="/var/tmp") as directory:
        server = Postgres(Path(directory))
        try:
            yield server
        finally:
            server.stop()
