"""What a process that posts may do."""

import json
import os
import sys

import pytest

from certs.pki.errands.doorkeeper import Doorkeeper, RefusedError
from certs.tests.pki.errands.sending import LOOPBACK


def test_only_addresses_that_are_allowed_are_connected_to():
    doorkeeper = Doorkeeper(LOOPBACK)

    doorkeeper("socket.connect", (None, ("127.0.0.1", 80)))
    doorkeeper("socket.connect", (None, ("::1%lo", 80, 0, 0)))
    doorkeeper("socket.sendmsg", (None, None))
    assert doorkeeper.refusal == ""
    for address in ("/run/bus", b"/run/bus", ("www.example.org", 80), (), 7):
        with pytest.raises(RefusedError, match="no IP address"):
            Doorkeeper(LOOPBACK)("socket.connect", (None, address))
    with pytest.raises(RefusedError, match="link-local"):
        doorkeeper("socket.sendto", (None, ("169.254.169.254", 514)))
    assert "link-local" in doorkeeper.refusal


def test_nothing_is_connected_to_without_a_guard():
    with pytest.raises(RefusedError, match="while an address is checked"):
        Doorkeeper(None)("socket.connect", (None, ("127.0.0.1", 80)))


def test_no_program_is_started():
    with pytest.raises(RefusedError, match="run something"):
        Doorkeeper(LOOPBACK)("subprocess.Popen", ("/bin/true",))


def test_files_are_read_where_libraries_are_and_written_nowhere(tmp_path):
    doorkeeper = Doorkeeper(LOOPBACK)

    doorkeeper("open", (3, "w", 0))
    doorkeeper("open", (None, "r", 0))
    doorkeeper("open", (os.__file__, "r", 0))
    doorkeeper("open", (os.fsencode(json.__file__), None, os.O_RDONLY))
    doorkeeper("open", (os.devnull, "w", os.O_WRONLY))
    doorkeeper("something.else", ())
    for path in (tmp_path / "a", "/etc/passwd", f"{sys.prefix}-of-another/x"):
        with pytest.raises(RefusedError, match="read a file"):
            doorkeeper("open", (str(path), "r", 0))
    for how in (("w", 0), ("r+", 0), (None, os.O_WRONLY | os.O_CREAT)):
        with pytest.raises(RefusedError, match="write a file"):
            doorkeeper("open", (os.__file__, *how))
