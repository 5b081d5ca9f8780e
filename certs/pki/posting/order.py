"""What both kinds of posting do the same: read the order, shut the doors, report."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

from certs.pki.posting.doorkeeper import Doorkeeper
from certs.pki.posting.message import Message

Check = Callable[[str], str]
Post = Callable[[Message], str]
Hook = Callable[[str, tuple[Any, ...]], None]


def carry_out(
    arguments: Sequence[str],
    *,
    check: Check,
    post: Post,
    read: BinaryIO,
    write: BinaryIO,
    shut: Callable[[Hook], None] = sys.addaudithook,
) -> None:
    """Do as the order on `read` says and write what went wrong, or nothing.

    `check` and `post` return a sentence, empty if all is well.
    """
    message = Message.from_json(read.read())
    doorkeeper = Doorkeeper(message.guard)
    shut(doorkeeper)
    try:
        error = check(message.url)
        if not error and arguments == ["post"]:
            error = post(message)
            error = error and (doorkeeper.refusal or error)
    except Exception as unexpected:  # noqa: BLE001 - whatever a service's code raises
        error = doorkeeper.refusal or f"It failed with {type(unexpected).__name__}."
    write.write(json.dumps({"error": error}).encode())
    write.flush()


def own_output() -> BinaryIO:
    """Return the standard output for the report alone; what is printed is lost."""
    mine = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return mine
