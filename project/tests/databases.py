"""A plugin of pytest: the suite on whichever database DATABASE_URL names."""

from collections import defaultdict
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
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


def _documents():
    """Return what empties the collections that were written to and fills them."""
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

    return put_back


def _rows():
    """Return what empties the tables and fills them with roles and rights."""
    migrated = connection.creation.serialize_db_to_string()

    def put_back(_test):
        call_command(
            "flush",
            verbosity=0,
            interactive=False,
            reset_sequences=False,
            inhibit_post_migrate=True,
        )
        connection.creation.deserialize_db_from_string(migrated)

    return put_back


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_setup, django_db_blocker):
    """Put back after a test without a transaction what the migrations left.

    On SQL most tests are transactions that are rolled back. On MongoDB none is, and
    Django's way, to flush every table and to fill some again, takes half a second.
    """
    if not any(item.get_closest_marker("django_db") for item in request.session.items):
        yield  # then there is none of the suite's own
        return
    with django_db_blocker.unblock():
        put_back = _documents() if connection.vendor == "mongodb" else _rows()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", put_back)
        yield


@pytest.fixture
def django_assert_num_queries(django_assert_num_queries):
    """On MongoDB, count what would be statements of SQL.

    A sub-query that runs first belongs to the statement it is in, and so does what a
    join asks for first. A block that is a transaction there is a savepoint in a test on
    SQL, which takes two statements, and one more where it is rolled back.
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
    from project.mongo.query import Query  # noqa: PLC0415 - SQL needs no PyMongo

    statements: list[Any] = []
    inside: list[bool] = []
    wrapper: Any = type(connections[connection.alias])
    run = wrapper.run

    def counted_run(self, statement):
        if not inside:
            statements.append(statement)
        return run(self, statement)

    def uncounted(ask):
        def asked(*args, **kwargs):
            inside.append(True)
            try:
                return ask(*args, **kwargs)
            finally:
                inside.pop()

        return asked

    patch.setattr(wrapper, "run", counted_run)
    for owner, name in ((In, "as_mql"), (Query, "_find")):
        patch.setattr(owner, name, uncounted(getattr(owner, name)))
    _count_blocks(patch, statements)
    return lambda: len(statements)


def _count_blocks(patch, statements):
    enter, leave = Atomic.__enter__, Atomic.__exit__

    def counted_enter(self):
        if self.savepoint:
            statements.extend(["SAVEPOINT", "RELEASE SAVEPOINT"])
        return enter(self)

    def counted_exit(self, kind, *error):
        if self.savepoint and kind is not None:
            statements.append("ROLLBACK TO SAVEPOINT")
        return leave(self, kind, *error)

    patch.setattr(Atomic, "__enter__", counted_enter)
    patch.setattr(Atomic, "__exit__", counted_exit)
