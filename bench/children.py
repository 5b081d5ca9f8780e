"""Processes that measure: one for each database, with settings of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.engines import ROOT


def run(module: str, *arguments: str, url: str, static: Path) -> int:
    """Run `python -m module` on the database at `url`; returns its exit status."""
    with _started(module, *arguments, url=url, static=static, stdout=None) as process:
        return process.wait()


def answer(module: str, *arguments: str, url: str, static: Path) -> str:
    """Return what `python -m module` prints; CalledProcessError if it fails."""
    with _started(
        module, *arguments, url=url, static=static, stdout=subprocess.PIPE
    ) as process:
        text, _ = process.communicate()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, module)
    return text


@contextmanager
def _started(
    module: str, *arguments: str, url: str, static: Path, stdout: int | None
) -> Iterator["subprocess.Popen[str]"]:
    """Start a process and end it with the block.

    A session of its own keeps Ctrl-C from it: whoever started it ends it, and it has
    nothing to tidy up.
    """
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=_environment(url, static),
        stdout=stdout,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):  # it has ended, and what it started too
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _environment(url: str, static: Path) -> dict[str, str]:
    """Return the settings of a development site, whatever this machine's site has."""
    return {
        **os.environ,
        "CERTDESK_ENV_FILE": os.devnull,
        "DJANGO_SETTINGS_MODULE": "project.settings",
        "ENVIRONMENT": "development",
        "DEBUG": "no",
        "DEFAULT_HOST": "http://localhost",
        "ALLOWED_HOSTS": "localhost",
        "LOG_LEVEL": "WARNING",
        "DATABASE_URL": url,
        "STATIC_ROOT": str(static),
    }
