"""Migrations that carry rows along: forwards and back, on a database of their own."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations.executor import MigrationExecutor

from project.tests.transport.places import sqlite
from project.transport.places import at, connected

pytestmark = pytest.mark.once

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SEEN = {"not_before": NOW, "not_after": NOW, "name_matches": True}


@pytest.fixture(autouse=True)
def _own_database(django_db_setup, django_db_blocker, tmp_path):
    place = at(sqlite(tmp_path / "site.sqlite3"), option="--to")
    with django_db_blocker.unblock(), connected(DEFAULT_DB_ALIAS, place):
        yield


def migrated(name):
    """The models of certs as they were after migration `name`."""
    executor = MigrationExecutor(connection)
    executor.migrate([("certs", name)])
    state = MigrationExecutor(connection).loader.project_state([("certs", name)])
    return (state.apps.get_model("certs", name) for name in ("Endpoint", "Observation"))


def test_what_was_seen_before_chains_were_judged_counts_as_trusted():
    endpoints, runs = migrated("0009_trust_store_rights")
    up = endpoints.objects.create(host="up.example.org", status="up", **SEEN)
    endpoints.objects.create(host="down.example.org", status="down", **SEEN)
    endpoints.objects.create(host="new.example.org", status="unknown")
    moments = {"first_seen_at": NOW, "last_seen_at": NOW}
    runs.objects.create(endpoint=up, address="192.0.2.1", name_matches=False, **moments)
    runs.objects.create(endpoint=up, error_code="refused", **moments)

    endpoints, runs = migrated("0012_up_is_judged")

    trusted = dict(endpoints.objects.values_list("host", "is_trusted"))
    assert trusted == {
        "up.example.org": True,
        "down.example.org": None,  # nothing asks until it is up again
        "new.example.org": None,
    }
    assert dict(runs.objects.values_list("error_code", "is_trusted")) == {
        "": True,
        "refused": None,
    }
    assert set(endpoints.objects.values_list("starttls", "grade")) == {("", "")}


def test_the_judgement_can_be_taken_back_and_made_again():
    call_command("migrate", verbosity=0)
    endpoints, _ = migrated("0012_up_is_judged")
    endpoints.objects.create(
        host="up.example.org", status="up", is_trusted=False, grade="T", **SEEN
    )

    endpoints, _ = migrated("0009_trust_store_rights")
    assert endpoints.objects.get().status == "up"

    endpoints, _ = migrated("0012_up_is_judged")
    assert endpoints.objects.get().is_trusted is True  # until its next check
