"""Processes that measure: one for each database, with settings of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from bench.engines import ROOT


class ChildError(Exception):
    """A process has ended before it answered; it has said why on standard error."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A process that answers questions, each and its answer a line of JSON."""

    questions: IO[str]
    answers: IO[str]

    def ask(self, *question: str | int) -> Any:
        """Return the answer. Raises ChildError."""
        try:
            self.questions.write(json.dumps(question) + "\n")
            self.questions.flush()
        except BrokenPipeError:
            raise ChildError from None
        line = self.answers.readline()
        if not line:
            raise ChildError
        return json.loads(line)


@contextmanager
def talk(module: str, *arguments: str, url: str, static: Path) -> Iterator[Talk]:
    """Start `python -m module` on the database at `url`, to be asked in the block."""
    with _started(
        module,
        *arguments,
        url=url,
        static=static,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None  # noqa: S101 - for mypy
        assert process.stdout is not None  # noqa: S101
        yield Talk(process.stdin, process.stdout)


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
    module: str,
    *arguments: str,
    url: str,
    static: Path,
    stdout: int,
    stdin: int | None = None,
) -> Iterator["subprocess.Popen[str]"]:
    """Start a process and end it with the block.

    A session of its own keeps Ctrl-C from it: whoever started it ends it, and it has
    nothing to tidy up.
    """
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=_environment(url, static),
        stdin=stdin,
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
