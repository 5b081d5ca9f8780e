"""What all errands do the same: read the order, shut the doors, report."""

import json
import os
import sys
from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

from certs.pki.errands.doorkeeper import Doorkeeper
from certs.pki.errands.message import Message

Check = Callable[[str], str]
Work = Callable[[Message], str | bytes]
Hook = Callable[[str, tuple[Any, ...]], None]


def carry_out(
    arguments: Sequence[str],
    *,
    check: Check,
    work: Work,
    read: BinaryIO,
    write: BinaryIO,
    shut: Callable[[Hook], None] = sys.addaudithook,
) -> None:
    """Do as the order on `read` says and write what went wrong, or nothing.

    `check` and `work` return a sentence that says what is wrong, empty if nothing is;
    `work` may return the bytes that were wanted.
    """
    message = Message.from_json(read.read())
    doorkeeper = Doorkeeper(message.guard)
    shut(doorkeeper)
    try:
        done: str | bytes = check(message.url)
        if not done and arguments != ["check"]:
            done = work(message)
            if isinstance(done, str):
                done = done and (doorkeeper.refusal or done)
    except Exception as unexpected:  # noqa: BLE001 - whatever a library raises
        done = doorkeeper.refusal or f"It failed with {type(unexpected).__name__}."
    report = {"error": done} if isinstance(done, str) else {"data": _written(done)}
    write.write(json.dumps({"error": "", **report}).encode())
    write.flush()


def run(*, check: Check, work: Work) -> None:  # pragma: no cover - as a process
    """Do what a module of errands is started for."""
    carry_out(
        sys.argv[1:],
        check=check,
        work=work,
        read=sys.stdin.buffer,
        write=own_output(),
    )


def own_output() -> BinaryIO:
    """Return the standard output for the report alone; what is printed is lost."""
    mine = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return mine


def _written(data: bytes) -> str:
    return b64encode(data).decode()
