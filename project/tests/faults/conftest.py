"""Faults of real servers; those of PostgreSQL and MongoDB on their own suites only."""

import pytest
from django.conf import settings

from project.tests.faults.rounds import Fleet, round_of
from project.tests.transport.places import default, sqlite

SUITE = settings.DATABASES["default"]["ENGINE"]
collect_ignore = [
    name
    for name, engine in {
        "test_postgres.py": "django.db.backends.postgresql",
        "test_mongo.py": "project.mongo",
    }.items()
    if engine != SUITE
]


@pytest.fixture(autouse=True)
def _own_databases(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def fleet():
    return Fleet()


@pytest.fixture
def undisturbed(fleet, tmp_path, monkeypatch):
    """What a round leaves behind when nothing happens."""
    with default(sqlite(tmp_path / "undisturbed.sqlite3")):
        return round_of(fleet, monkeypatch)
