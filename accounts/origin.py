"""Where what happens now comes from: which request, or which command.

Plain Python: the log lines ask for it before there are models.
"""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from accounts.identifiers import uuid7

PAGE, ADMIN, API = "page", "admin", "api"
COMMAND, IMPORT, SYSTEM = "command", "import", "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One request or command; `request` knows its person when somebody asks.

    `user` is for whom it is done where that is no request of theirs; `person` is the
    name of who is no user of the site: of the operating system.
    """

    channel: str = SYSTEM
    request_id: str = ""
    address: str = ""
    person: str = ""
    request: Any = None
    user: Any = None


_current: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 - frozen


def current() -> Origin:
    """Return the origin of what this thread does."""
    return _current.get()


@contextmanager
def come_from(origin: Origin) -> Iterator[Origin]:
    """Let all that happens inside come from `origin`."""
    token = _current.set(origin)
    try:
        yield origin
    finally:
        _current.reset(token)


@contextmanager
def by_import(user: Any = None) -> Iterator[Origin]:
    """Let what happens inside count as an import, by `user` if that is not who asks."""
    made = replace(current(), channel=IMPORT, user=user)
    with come_from(made) as origin:
        yield origin


@contextmanager
def by_command() -> Iterator[Origin]:
    """Let what happens inside come from the command line of this machine."""
    made = Origin(channel=COMMAND, request_id=new_id(), person=_machine_user())
    with come_from(made) as origin:
        yield origin


def new_id() -> str:
    """Return a request id that nobody has had."""
    return uuid7().hex


def _machine_user() -> str:
    try:
        return getpass.getuser()[:150]
    except (KeyError, OSError):  # a container's user may have no name
        return f"uid {os.getuid()}"
