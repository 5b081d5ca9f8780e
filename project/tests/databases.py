"""A plugin of pytest: the suite on whichever database DATABASE_URL names."""

from collections import defaultdict
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection as django_connection, connections
from django.db.models.lookups import In
from django.db.transaction import Atomic
from django.test import TransactionTestCase

connection: Any = django_connection  # types know nothing of ours
WRITES = {"insert", "update", "delete", "findAndModify"}


def pytest_configure():
    if settings.DATABASES["default"]["ENGINE"] == "project.mongo":
        # Before the first connection, or it would not be listened to.
        WRITTEN.listen()


class Written:
    """The collections that were written to."""

    def __init__(self):
        self.names = set()

    def listen(self):
        from pymongo import monitoring  # noqa: PLC0415 - SQL needs no PyMongo

        written = self

        class Listener(monitoring.CommandListener):
            def started(self, event):
                if event.command_name in WRITES:
                    written.names.add(event.command[event.command_name])

            def succeeded(self, event):
                pass

            def failed(self, event):
                pass

        monitoring.register(Listener())


WRITTEN = Written()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """On MongoDB, put back after each test what the migrations left.

    Elsewhere a test is a transaction that is rolled back. Django's other way, to flush
    every table and to fill some again, takes half a second for each test.
    """
    if connection.vendor != "mongodb":
        yield
        return
    with django_db_blocker.unblock():
        migrated = defaultdict(list)
        for name in connection.introspection.table_names():
            migrated[name] = list(connection.database[name].find())
        WRITTEN.names.clear()

    def put_back(_test):
        for name in WRITTEN.names - {"__sequences"}:
            connection.database[name].delete_many({})
            if migrated[name]:
                connection.database[name].insert_many(migrated[name])
        WRITTEN.names.clear()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", put_back)
        yield


@pytest.fixture
def django_assert_num_queries(django_assert_num_queries):
    """On MongoDB, count what would be statements of SQL.

    A sub-query that runs first belongs to the statement it is in, and a block that is a
    transaction there is a savepoint in a test on SQL, which takes two statements.
    """
    if connection.vendor != "mongodb":
        return django_assert_num_queries

    @contextmanager
    def assert_statements(number):
        with pytest.MonkeyPatch.context() as patch:
            count = _count_statements(patch)
            yield
        assert count() == number

    return assert_statements


def _count_statements(patch):
    statements: list[Any] = []
    inside: list[bool] = []
    wrapper: Any = type(connections[connection.alias])
    lookup: Any = In
    run, in_query, enter = wrapper.run, lookup.as_mql, Atomic.__enter__

    def counted_run(self, statement):
        if not inside:
            statements.append(statement)
        return run(self, statement)

    def uncounted_in(*args, **kwargs):
        inside.append(True)
        try:
            return in_query(*args, **kwargs)
        finally:
            inside.pop()

    def counted_enter(self):
        if self.savepoint:
            statements.extend(["SAVEPOINT", "RELEASE SAVEPOINT"])
        return enter(self)

    patch.setattr(wrapper, "run", counted_run)
    patch.setattr(In, "as_mql", uncounted_in)
    patch.setattr(Atomic, "__enter__", counted_enter)
    return lambda: len(statements)
