"""Databases of a test's own, and something to carry between them."""

import atexit
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection

from certs.models import Certificate, Endpoint, Observation
from certs.services import watch
from certs.tests.factories import (
    NOW,
    answers,
    make_chain,
    make_endpoint,
    make_root,
    make_store,
    make_team,
    make_user,
    refuses,
)
from project.transport import backup
from project.transport.archive import Reader, writing
from project.transport.places import at, connected, snapshot

ROOT = Path(__file__).resolve().parent.parent.parent.parent
LATE = NOW + timedelta(microseconds=123_456)


def sqlite(path):
    return f"sqlite:///{path}"


def default(url):
    """Make the database at `url` the configured one, for a `with`."""
    return connected(DEFAULT_DB_ALIAS, at(url, option="--to"))


def make_tables():
    """Migrate the configured database, which is empty; SQLite's is copied from one."""
    if connection.vendor != "sqlite":
        call_command("migrate", verbosity=0)
        return
    connection.close()
    shutil.copyfile(_migrated(), connection.settings_dict["NAME"])


@cache
def _migrated():
    """The file of a database that was just migrated: that takes some seconds."""
    path = Path(tempfile.mkdtemp(prefix="certdesk-")) / "migrated.sqlite3"
    atexit.register(shutil.rmtree, path.parent)
    with default(sqlite(path)):
        call_command("migrate", verbosity=0)
    return path  # whole: closing the last connection puts the log into it


def make_estate(endpoints=5):
    """Rows of every kind, with what is easily lost on the way."""
    make_tables()
    team = make_team("Ö & Co")
    ann = make_user("Editor", teams=[team], display_name="Ann 🦔", last_login=LATE)
    rows = [
        make_endpoint(
            f"h{number}.example.org",
            team=team,
            contacts=["a@example.org", f"c{number}@example.org"],
            tags=["t1"],
            notes="a\u2028b\r\n\tc ",
        )
        for number in range(endpoints)
    ]
    list(watch.observe(rows, now=LATE, probe=answers(make_chain("*.example.org"))))
    list(watch.observe(rows[:2], now=LATE + timedelta(hours=1), probe=refuses))
    Certificate.objects.filter(is_ca=True).update(dns_names=" a \n\u2028b")
    make_store("Ω CA", roots=[make_root()], teams=[team], user=ann)
    LogEntry.objects.create(
        user=ann,
        content_type=ContentType.objects.get_for_model(Endpoint),
        object_id=rows[0].pk,
        action_flag=CHANGE,
        action_time=LATE,
    )
    assert Observation.objects.exists()
    return ann


def back_up(path, *, secrets=True):
    """Write the configured database to `path`; returns the lines in it."""
    with snapshot() as alias:
        for _ in backup.write(path, alias, secrets=secrets):
            pass
    return lines(path)


def lines(path):
    return gzip.decompress(path.read_bytes()).decode().splitlines()


def repeat_rows(file, label):
    """Write the rows of a table twice, with checksums that fit."""
    with file.open("rb") as opened:
        reader = Reader(opened)
        content = list(reader.batches(1000))
    with file.open("wb") as opened, writing(opened) as archive:
        archive.begin(reader.header)
        for opening, rows in content:
            archive.open(opening.table, opening.columns)
            for _ in range(1 + (opening.table == label)):
                archive.rows([*map(json.dumps, rows)])
            archive.close()
        archive.end()


def manage(*arguments, url, root=ROOT, **options):
    """Run a command as a process of its own."""
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=root,
        env=environment(url, measured=root == ROOT),
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def environment(url, *, measured=True):
    kept = {
        name: value
        for name, value in os.environ.items()
        if measured or not name.startswith("COV")
    }
    return {**kept, "CERTDESK_ENV_FILE": os.devnull, "DATABASE_URL": url}
