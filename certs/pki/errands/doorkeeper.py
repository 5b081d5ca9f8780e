"""Who may leave the process that posts: an audit hook that sees each attempt.

Python reports what it is about to do to its audit hooks (PEP 578), and an exception of
one stops it. So an address is judged in the moment it is connected to, whichever
library connects, after whatever a name was resolved to and wherever a redirect has led:
a name that means something else on the second look-up (DNS rebinding) gains nothing.
Nor does an address that makes a service read a file of this machine or run a program.
"""

import errno
import os
import sys
from ipaddress import ip_address
from typing import Any, NoReturn

from certs.pki.guard import Guard

_CONNECTING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_NEVER = frozenset(
    {
        "os.chmod",
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.link",
        "os.mkdir",
        "os.posix_spawn",
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.symlink",
        "os.system",
        "os.truncate",
        "pty.spawn",
        "subprocess.Popen",
        "syslog.openlog",
        "syslog.syslog",
    }
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# What libraries read while they work: themselves, certificates, time zones.
_READABLE = tuple(
    os.path.realpath(path)
    for path in (
        sys.prefix,
        sys.base_prefix,
        "/etc/ca-certificates",
        "/etc/mime.types",
        "/etc/pki",
        "/etc/ssl",
        "/usr/lib",
        "/usr/share",
    )
)


class RefusedError(PermissionError):
    """What was tried is not allowed. An OSError, as libraries expect of sockets."""


class Doorkeeper:
    """A hook for `sys.addaudithook`. A guard of None lets nothing out."""

    def __init__(self, guard: Guard | None) -> None:
        self._guard = guard
        self.refusal = ""  # the first one, as a sentence

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Raise RefusedError for what is not allowed."""
        if event in _CONNECTING:
            self._judge(arguments[1])
        elif event == "open":
            self._look_at(*arguments)
        elif event in _NEVER:
            self._refuse("It would run something on this machine, which is refused.")

    def _judge(self, address: Any) -> None:
        if address is None:  # of a datagram whose socket was connected before
            return
        try:
            found = ip_address(str(address[0]).partition("%")[0])
        except (ValueError, IndexError, TypeError):
            self._refuse("It would connect to something that is no IP address.")
        if self._guard is None:
            self._refuse("Nothing is connected to while an address is checked.")
        if refusal := self._guard.refusal(found):
            self._refuse(refusal)

    def _look_at(self, path: Any, mode: str | None, flags: int) -> None:
        if isinstance(path, int) or path is None:  # open already
            return
        is_writing = flags & _WRITING or set(mode or "") & set("wax+")
        real = os.path.realpath(os.fsdecode(path))
        if is_writing and real != os.devnull:
            self._refuse("It would write a file on this machine, which is refused.")
        if real != os.devnull and not _is_readable(real):
            self._refuse("It would read a file of this machine, which is refused.")

    def _refuse(self, sentence: str) -> NoReturn:
        self.refusal = self.refusal or sentence
        raise RefusedError(errno.EACCES, sentence)


def _is_readable(path: str) -> bool:
    return any(path == root or path.startswith(f"{root}/") for root in _READABLE)
