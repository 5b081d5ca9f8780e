"""PyMongo's errors as Django's.

The stock backend raises a bare DatabaseError without a message for all but duplicate
keys, and none for what happens while results are fetched. Callers of Django tell apart
IntegrityError (the data is wrong) and OperationalError (run it again, later or now).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from bson.errors import BSONError
from django.db import DatabaseError, DataError, IntegrityError, OperationalError
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DocumentTooLarge,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    WTimeoutError,
)

DUPLICATE_KEY = 11000
VALIDATION_FAILED = 121  # a CHECK constraint, see checks.py
INTEGRITY = {DUPLICATE_KEY, VALIDATION_FAILED}
TRANSIENT = "TransientTransactionError"
WRITE_CONFLICT = 112


@contextmanager
def translated() -> Iterator[None]:
    """Raise Django's error for PyMongo's in the block."""
    try:
        yield
    except (PyMongoError, BSONError) as error:
        raise of_django(error) from error


def is_transient(error: BaseException | None) -> bool:
    """Whether the same transaction may well succeed when it is run again."""
    return isinstance(error, PyMongoError) and (
        error.has_error_label(TRANSIENT) or WRITE_CONFLICT in codes(error)
    )


def codes(error: PyMongoError) -> set[int]:
    """Return the server's numbers for what went wrong."""
    if isinstance(error, BulkWriteError):
        return {item["code"] for item in error.details.get("writeErrors", ())}
    code = error.code if isinstance(error, OperationFailure) else None
    return set() if code is None else {code}


def of_django(error: PyMongoError | BSONError) -> DatabaseError:
    """Return Django's error for `error`, with its message."""
    message = str(error)
    if isinstance(error, BSONError | DocumentTooLarge):
        return DataError(message)
    if codes(error) & INTEGRITY:
        return IntegrityError(message)
    if is_transient(error):
        text = "This transaction met another one and was undone; run it again."
        return OperationalError(f"{text} {message}")
    if isinstance(error, ConnectionFailure | ExecutionTimeout | WTimeoutError):
        return OperationalError(message)
    return DatabaseError(message)
