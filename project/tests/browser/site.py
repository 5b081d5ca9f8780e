"""A real site for browsers: gunicorn, its own database, the collected files."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent.parent.parent
START_LIMIT = 120  # seconds; a busy machine takes long to migrate


@contextmanager
def running_site(
    directory: Path,
    *,
    database: str,
    password: str,
    settings: Mapping[str, str] | None = None,
    afterwards: Sequence[str] = (),
) -> Iterator[str]:
    """The address of a site with one administrator, `admin`, while the block lasts.

    `afterwards` is one more command of manage.py before the site starts.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = {
        # Without coverage: what browsers see is covered by faster tests, too.
        **{k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")},
        "CERTDESK_ENV_FILE": os.devnull,
        "DATABASE_URL": database,
        "STATIC_ROOT": str(directory / "static"),
        "CACHE_URL": f"file:///{directory / 'cache'}",
        "BROKER_URL": f"file:///{directory / 'queue'}",
        "DEFAULT_HOST": address,
        "BIND": f"127.0.0.1:{port}",
        "CHECK_TIMEOUT": "2",
        "DJANGO_SUPERUSER_PASSWORD": password,
        **(settings or {}),
    }
    commands = (
        ["migrate", "--verbosity=0"],
        ["collectstatic", "--no-input", "--verbosity=0"],
        [
            "createsuperuser",
            "--no-input",
            "--username=admin",
            "--email=admin@example.org",
        ],
        afterwards,
    )
    for command in filter(None, commands):
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=environment,
            check=True,
            timeout=START_LIMIT,
        )
    log = (directory / "gunicorn.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn"],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=log,
    )
    try:
        _wait_for(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=START_LIMIT)
        log.close()


def _wait_for(address: str, server: "subprocess.Popen[bytes]") -> None:
    limit = time.monotonic() + START_LIMIT
    while time.monotonic() < limit:
        assert server.poll() is None, "gunicorn ended; see gunicorn.log"
        try:
            with urlopen(address, timeout=1):  # noqa: S310 - our own site
                return
        except OSError:  # refused, or slow to begin
            time.sleep(0.1)
    raise TimeoutError(address)
