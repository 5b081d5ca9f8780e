"""A round of checks on SQLite while other writers hold it, or the disk is full."""

import errno
import resource
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from threading import Timer

import pytest
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection

from certs.models import Observation
from project.tests.faults.locks import held
from project.tests.faults.rounds import BATCH, ENDPOINTS, LATER, round_of
from project.tests.transport.places import sqlite
from project.transport.places import at, connected

pytestmark = pytest.mark.slow

WRITERS = 8
WRITER = """
import random, sqlite3, sys, time
held = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
held.execute("CREATE TABLE IF NOT EXISTS pressure (line TEXT)")
print("ready", flush=True)
while True:
    held.execute("BEGIN IMMEDIATE")
    held.execute("INSERT INTO pressure VALUES ('x')")
    time.sleep(0.1)
    held.execute("COMMIT")
    time.sleep(random.random() / 10)
"""
REPAIRED_AFTER = 0.5  # seconds


@contextmanager
def database(file, *, timeout=0.02):
    """Use a file whose writers give up soon, so that they do fail."""
    place = at(sqlite(file), option="--to")
    place["OPTIONS"]["timeout"] = timeout
    with connected(DEFAULT_DB_ALIAS, place):
        yield


@contextmanager
def pressure(file):
    """Run other processes that write to the file all the time."""
    writers = []

    def begin():
        for _ in range(WRITERS):
            words = [sys.executable, "-c", WRITER, file]
            writers.append(subprocess.Popen(words, stdout=subprocess.PIPE, text=True))
        for writer in writers:
            assert writer.stdout
            assert writer.stdout.readline() == "ready\n"

    try:
        yield begin
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate()


def test_eight_other_writers_change_nothing_about_a_round(
    fleet, undisturbed, tmp_path, monkeypatch, caplog
):
    file = tmp_path / "locked.sqlite3"
    with database(file), pressure(file) as begin:
        left = round_of(fleet, monkeypatch, fault=begin, waits=(0.02,) * 500)

    assert left == undisturbed
    assert "database is locked" in caplog.text


def no_room():
    """Give back what the log has on the disk, so that the next write wants more."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def test_a_full_disk_is_waited_for(fleet, undisturbed, small_disk, monkeypatch, caplog):
    def fill():
        no_room()
        filler = small_disk / "filler"
        with pytest.raises(OSError, match="No space") as caught:
            filler.write_bytes(bytes(17_000_000))
        assert caught.value.errno == errno.ENOSPC
        Timer(REPAIRED_AFTER, filler.unlink).start()

    with database(small_disk / "full.sqlite3"):
        left = round_of(fleet, monkeypatch, fault=fill, waits=(0.1,) * 100)

    assert left == undisturbed
    assert "database or disk is full" in caplog.text


def test_a_file_that_may_not_grow_is_waited_for(
    fleet, undisturbed, tmp_path, monkeypatch, caplog
):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    log = tmp_path / "limited.sqlite3-wal"

    def forbid():
        no_room()
        resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size, before[1]))
        allow = Timer(
            REPAIRED_AFTER, resource.setrlimit, (resource.RLIMIT_FSIZE, before)
        )
        allow.start()

    with database(tmp_path / "limited.sqlite3"):
        left = round_of(fleet, monkeypatch, fault=forbid, waits=(0.1,) * 100)

    assert left == undisturbed
    assert "again in 0.1 s: disk I/O error" in caplog.text


def test_a_fault_that_does_not_end_ends_the_round(fleet, tmp_path, monkeypatch):
    file = tmp_path / "locked.sqlite3"
    with database(file), ExitStack() as stack:

        def hold():
            stack.enter_context(held(file))

        with pytest.raises(OperationalError, match="locked"):
            round_of(fleet, monkeypatch, fault=hold, waits=(0.01, 0.01))
        written = Observation.objects.filter(last_seen_at=LATER).count()

    assert written == ENDPOINTS // 2 - BATCH  # what came before the fault


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 16 megabytes; only root may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", place]
    if subprocess.run(words, check=False, capture_output=True).returncode:
        # Not in CI, which is root; anybody may run the other test of the same fault.
        pytest.skip("cannot mount; the test of a file that may not grow stands in")
    yield place
    subprocess.run(["umount", place], check=True)  # noqa: S607 - as mount above
