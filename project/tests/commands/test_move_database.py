"""`move_database` as people run it: one process, killed and started again."""

import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from certs.models import Tag
from project.tests.transport.places import (
    ROOT,
    default,
    environment,
    make_estate,
    make_tables,
    manage,
    sqlite,
)
from project.transport.move import Journey
from project.transport.places import at, connected, without_secrets

pytestmark = [pytest.mark.slow, pytest.mark.once]

NOWHERE = "sqlite:////proc/nothing.sqlite3"  # DATABASE_URL needs to be neither


@pytest.fixture(autouse=True)
def _own_databases(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def old(tmp_path):
    return sqlite(tmp_path / "old.sqlite3")


@pytest.fixture
def new(tmp_path):
    return sqlite(tmp_path / "new.sqlite3")


def move(old, new, *arguments, **options):
    words = ("move_database", "--from", old, "--to", new, *arguments)
    return manage(*words, url=NOWHERE, **options)


def test_a_move_ends_with_counts_and_checksums(old, new):
    with default(old):
        make_estate(3)

    moved = move(old, new)

    assert moved.returncode == 0, moved.stderr
    (line,) = [line for line in moved.stdout.splitlines() if "certs.endpoint " in line]
    label, rows, digest, verdict = line.split()
    assert (label, rows, len(digest), verdict) == ("certs.endpoint", "3", 16, "equal")
    assert "rows have moved" in moved.stdout
    refused = move(old, new)
    assert refused.returncode == 1
    assert "not empty" in refused.stderr


def test_a_move_that_was_killed_goes_on_with_the_same_command(old, new, tmp_path):
    with default(old):
        make_tables()
        Tag.objects.bulk_create(Tag(name=f"t{n}") for n in range(20_000))
    words = ("move_database", "--from", old, "--to", new, "--batch", "50")
    process = subprocess.Popen(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=environment(NOWHERE, measured=False),
    )
    while not 100 < tags(tmp_path / "new.sqlite3") < 20_000:
        assert process.poll() is None
        time.sleep(0.01)

    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    before = tags(tmp_path / "new.sqlite3")
    again = move(old, new)

    assert 100 < before < 20_000
    assert before % 50 == 0
    assert again.returncode == 0, again.stderr
    assert "Going on: " in again.stdout
    assert tags(tmp_path / "new.sqlite3") == 20_000


def test_what_differs_is_named_and_the_exit_status_says_so(old, new):
    with default(old):
        make_estate(1)
    with connected("source", at(old, option="--from")), default(new) as target:
        journey = Journey("source", target, origin=without_secrets(old), batch=10)
        journey.prepare()
        list(journey.copy())
        Tag.objects.update(name="changed")

    ended = move(old, new)

    assert ended.returncode == 1
    assert "These differ: certs.tag." in ended.stderr
    assert "DIFFERENT" in ended.stdout


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("oracle://x", "sqlite:///y", "--from must begin with"),
        ("sqlite:///x", "sqlite:///", "--to must be sqlite"),
        ("NO_SUCH_VARIABLE", "sqlite:///y", "--from must begin with"),
    ],
)
def test_an_address_that_cannot_be_used_is_named_by_its_option(source, target, words):
    ended = move(source, target)

    assert ended.returncode == 1
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_address_may_be_the_name_of_a_variable(old, new, monkeypatch):
    with default(old):
        make_estate(1)
    monkeypatch.setenv("OLD_PLACE", old)

    assert move("OLD_PLACE", new).returncode == 0


def tags(path):
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            return database.execute("SELECT count(*) FROM certs_tag").fetchone()[0]
    except sqlite3.OperationalError:
        return 0
