"""The process that posts, seen from the one that wants it done."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import certs
from certs.pki.posting.message import Kind, Message

MODULES = {
    Kind.APPRISE: "certs.pki.posting.services",
    Kind.WEBHOOK: "certs.pki.posting.webhook",
}
# What the process is told of its surroundings. No proxy: that would connect in its
# place, to addresses that nobody here judges. No home: there may be passwords in it.
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "REQUESTS_CA_BUNDLE", "SYSTEMROOT")
_ROOT = Path(next(iter(certs.__path__))).parent


class PostingError(Exception):
    """It was not posted. The text is a sentence, without anything of the address."""


def post(kind: Kind, message: Message, *, seconds: float) -> None:
    """Post `message`, in at most so many seconds. Raises PostingError."""
    if error := _run(kind, "post", message, seconds=seconds):
        raise PostingError(error)


def check(kind: Kind, url: str, *, seconds: float) -> None:
    """Raise PostingError if nothing can be posted to `url`; nothing is connected to."""
    message = replace(Message(url=url), guard=None)
    if error := _run(kind, "check", message, seconds=seconds):
        raise PostingError(error)


def _run(kind: Kind, task: str, message: Message, *, seconds: float) -> str:
    command = [sys.executable, "-B", "-m", MODULES[kind], task]
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
        raise PostingError(f"It took longer than {seconds:g} seconds.") from None
    except OSError as error:
        raise PostingError("The process that posts could not be started.") from error
    try:
        return str(json.loads(ended.stdout)["error"])
    except (ValueError, KeyError, TypeError):
        raise PostingError("The process that posts ended without a word.") from None
