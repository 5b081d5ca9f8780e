import pytest
from bson.errors import InvalidDocument
from django.contrib.auth.models import Group
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    OperationalError,
)
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    DuplicateKeyError,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)

from project.mongo.errors import of_django, translated
from project.tests.mongo.made import connection

CONFLICT = OperationFailure("WriteConflict", code=112)
TRANSIENT = OperationFailure(
    "x", details={"errorLabels": ["TransientTransactionError"]}
)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (DuplicateKeyError("E11000", code=11000), IntegrityError),
        (BulkWriteError({"writeErrors": [{"code": 11000}]}), IntegrityError),
        (BulkWriteError({"writeErrors": [{"code": 121}]}), IntegrityError),
        (BulkWriteError({"writeErrors": [{"code": 2}]}), DatabaseError),
        (CONFLICT, OperationalError),
        (TRANSIENT, OperationalError),
        (AutoReconnect("gone"), OperationalError),
        (ServerSelectionTimeoutError("nobody"), OperationalError),
        (ExecutionTimeout("slow", code=50), OperationalError),
        (InvalidDocument("what is this"), DataError),
        (OperationFailure("no", code=2), DatabaseError),
        (PyMongoError("else"), DatabaseError),
    ],
)
def test_each_error_is_the_one_that_django_has_for_it(error, expected):
    translation = of_django(error)

    assert type(translation) is expected
    assert str(error) in str(translation)


def test_the_block_passes_on_what_is_not_mongodb_s():
    with pytest.raises(KeyError), translated():
        raise KeyError


@pytest.mark.django_db
def test_a_fetch_that_fails_half_way_is_django_s_error():
    Group.objects.bulk_create([Group(name=str(n)) for n in range(300)])
    rows = Group.objects.iterator(chunk_size=10)
    next(rows)
    cursors = connection.database.client.admin.aggregate(
        [
            {"$currentOp": {"idleCursors": True}},
            {"$match": {"ns": f"{connection.database.name}.auth_group"}},
        ]
    )
    for cursor in list(cursors):
        connection.database.command(
            "killCursors", "auth_group", cursors=[cursor["cursor"]["cursorId"]]
        )

    with pytest.raises(DatabaseError, match="cursor"):
        list(rows)
