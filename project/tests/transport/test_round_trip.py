"""SQLite → MongoDB → PostgreSQL → SQLite, and the same bytes at both ends.

In the suite on MongoDB: it needs a PostgreSQL besides, which scripts/services starts.
"""

import os
import subprocess
from itertools import pairwise

import pytest
from django.contrib.auth.models import Group

from accounts.models import User
from accounts.services import trail
from certs.models import Endpoint, Observation
from project.tests.fresh import fresh_url
from project.tests.transport.places import (
    ROOT,
    back_up,
    default,
    make_estate,
    manage,
    repeat_rows,
    sqlite,
)

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("noticed")]

SERVICES = str(ROOT / "scripts" / "services")


@pytest.fixture
def mongo(tmp_path):
    with fresh_url(tmp_path, server=os.environ["DATABASE_URL"]) as url:
        yield url


@pytest.fixture
def postgres(tmp_path):
    subprocess.run([SERVICES, "up", "postgres"], check=True, capture_output=True)
    asked = [SERVICES, "url", "postgres"]
    server = subprocess.run(asked, check=True, capture_output=True, text=True)
    with fresh_url(tmp_path, server=server.stdout.strip()) as url:
        yield url


def test_a_site_comes_home_from_a_journey_through_all_engines(
    mongo, postgres, tmp_path
):
    first, last = sqlite(tmp_path / "first.sqlite3"), sqlite(tmp_path / "last.sqlite3")
    with default(first):
        make_estate(20)

    stations = (first, mongo, postgres, last)
    for source, target in pairwise(stations):
        words = ("move_database", "--from", source, "--to", target, "--batch", 7)
        moved = manage(*words, url=first)
        assert moved.returncode == 0, moved.stderr
        assert "DIFFERENT" not in moved.stdout

    files = []
    for number, station in enumerate(stations):
        with default(station):
            report = trail.verify()
            assert report.broken is None
            assert report.count > 20
            back_up(tmp_path / f"{number}.gz")
            files.append((tmp_path / f"{number}.gz").read_bytes())
    assert len(set(files)) == 1


@pytest.mark.parametrize("engine", ["mongo", "postgres"])
def test_a_backup_of_one_engine_is_restored_on_another(engine, request, tmp_path):
    url, file = request.getfixturevalue(engine), tmp_path / "a.gz"
    with default(sqlite(tmp_path / "first.sqlite3")):
        make_estate(5)
        written = back_up(file)

    restored = manage("restore", file, url=url)

    assert restored.returncode == 0, restored.stderr
    with default(url):
        assert back_up(tmp_path / "b.gz") == written
        assert User.objects.get().groups.get() == Group.objects.get(name="Editor")
        assert Group.objects.create(name="New").pk  # a number that is not taken
        assert Endpoint.objects.get(host="h0.example.org").observations.count() == 2


@pytest.mark.parametrize("engine", ["mongo", "postgres"])
def test_what_fails_half_way_leaves_each_engine_empty(engine, request, tmp_path):
    url, file = request.getfixturevalue(engine), tmp_path / "a.gz"
    with default(sqlite(tmp_path / "first.sqlite3")):
        make_estate(5)
        back_up(file)
    repeat_rows(file, "certs.observation")

    with default(url):
        refused = manage("restore", file, url=url)

        assert refused.returncode == 1
        assert not Endpoint.objects.exists()
        assert not Observation.objects.exists()
