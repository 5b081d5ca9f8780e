"""The process that does an errand, seen from the one that wants it done."""

import json
import os
import subprocess
import sys
from base64 import b64decode
from dataclasses import replace
from pathlib import Path
from typing import Any

import certs
from certs.pki.errands.message import Kind, Message
from certs.pki.guard import Guard

FETCH = "certs.pki.errands.download"
MODULES = {
    Kind.APPRISE: "certs.pki.errands.services",
    Kind.WEBHOOK: "certs.pki.errands.webhook",
}
# What the process is told of its surroundings. No proxy: that would connect in its
# place, to addresses that nobody here judges. No home: there may be passwords in it.
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "REQUESTS_CA_BUNDLE", "SYSTEMROOT")
_ROOT = Path(next(iter(certs.__path__))).parent


class ErrandError(Exception):
    """It was not done. The text is a sentence, without anything of the address."""


def post(kind: Kind, message: Message, *, seconds: float) -> None:
    """Post `message`, in at most so many seconds. Raises ErrandError."""
    _run(MODULES[kind], "post", message, seconds=seconds)


def check(kind: Kind, url: str, *, seconds: float) -> None:
    """Raise ErrandError if nothing can be posted to `url`; nothing is connected to."""
    message = replace(Message(url=url), guard=None)
    _run(MODULES[kind], "check", message, seconds=seconds)


def fetch(url: str, *, guard: Guard, seconds: float) -> bytes:
    """Return the file at a web address, up to `download.MOST_BYTES`.

    In at most so many seconds. Raises ErrandError.
    """
    report = _run(FETCH, "fetch", Message(url=url, guard=guard), seconds=seconds)
    return b64decode(report["data"])


def _run(module: str, task: str, message: Message, *, seconds: float) -> dict[str, Any]:
    """Return what the process reports. Raises ErrandError with its error."""
    command = [sys.executable, "-B", "-m", module, task]
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    try:
        ended = subprocess.run(  # noqa: S603 - this Python and a module of ours
            command,
            input=message.to_json(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # where a traceback would show the address
            cwd=_ROOT,
            env={**kept, "HOME": "/nonexistent"},
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ErrandError(f"It took longer than {seconds:g} seconds.") from None
    except OSError as error:
        raise ErrandError("The process for it could not be started.") from error
    try:
        report: dict[str, Any] = json.loads(ended.stdout)
        refusal = str(report["error"])
    except (ValueError, KeyError, TypeError):
        raise ErrandError("The process for it ended without a word.") from None
    if refusal:
        raise ErrandError(refusal)
    return report
