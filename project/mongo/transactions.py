"""`django.db.transaction` on MongoDB.

The stock backend makes `atomic` a block without meaning and runs `on_commit` at once;
its own `transaction.atomic` is known to no code but that written for it. Here Django's
`atomic` is a transaction wherever the server has them: a replica set or a cluster of
them. A stand-alone server has none; then `on_commit` still waits for the end of the
block, and validation.py warns.

MongoDB has no savepoints. As Django does for `savepoint=False`, an error inside an
inner block undoes the outer one, and queries until its end raise
TransactionManagementError. The server ends a transaction at the first error, a
duplicate key included.

Two transactions never wait for each other: the second to write a document is undone
with OperationalError, and whoever holds the block runs it again. When it was the
block's first statement, nothing is lost by doing that here, so we do.
"""

import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import debug_transaction
from django_mongodb_backend.base import DatabaseWrapper as MongoWrapper
from pymongo import ReadPreference, WriteConcern
from pymongo.client_session import ClientSession
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern

from project.mongo.errors import is_transient, of_django

RETRY_FOR = 10.0  # seconds
LONGEST_PAUSE = 0.1  # seconds
UNKNOWN_RESULT = "UnknownTransactionCommitResult"

Result = TypeVar("Result")


class Transactions(MongoWrapper):
    """The part of a connection that knows about transactions."""

    _session: ClientSession | None = None

    @property
    def session(self) -> ClientSession | None:
        """The session to pass to PyMongo; None outside of a transaction.

        It begins with the first statement, not with the block: a block that changes the
        schema only, as most migrations, must hold no lock on what it changes.
        """
        if self._session is None and self._wants_transaction():
            self._begin()
        return self._session

    @session.setter
    def session(self, value: ClientSession | None) -> None:
        self._session = value

    def run(self, statement: Callable[[ClientSession | None], Result]) -> Result:
        """Run one statement in the transaction there is, with Django's errors.

        The first of a transaction is run again when it met another transaction.
        """
        if self.in_atomic_block and self.needs_rollback:
            self.validate_no_broken_transaction()
        limit = time.monotonic() + RETRY_FOR
        pause = 0.001
        while True:
            is_first = self._session is None
            try:
                return statement(self.session)
            except PyMongoError as error:
                again = is_first and self._session is not None and is_transient(error)
                if not again or time.monotonic() > limit:
                    raise of_django(error) from error
                self._abort()
            time.sleep(pause * random.random())  # noqa: S311 - jitter, no secret
            pause = min(2 * pause, LONGEST_PAUSE)

    # --- what Django's atomic() calls ---------------------------------------------

    def set_autocommit(
        self,
        autocommit: bool,  # noqa: FBT001 - Django's signature
        force_begin_transaction_with_broken_autocommit: bool = False,  # noqa: FBT001, FBT002
    ) -> None:
        BaseDatabaseWrapper.set_autocommit(
            self, autocommit, force_begin_transaction_with_broken_autocommit
        )

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001 - as above
        if autocommit and self._session is not None:
            self._abort()

    def on_commit(self, func: Callable[[], Any], robust: bool = False) -> None:  # noqa: FBT001, FBT002
        BaseDatabaseWrapper.on_commit(self, func, robust=robust)

    def _commit(self) -> None:
        if self._session is None:
            return
        with debug_transaction(self, "COMMIT"):
            try:
                self._commit_session(self._session)
            except PyMongoError as error:
                raise of_django(error) from error
            finally:
                self._end_session()

    def _rollback(self) -> None:
        if self._session is not None:
            with debug_transaction(self, "ROLLBACK"):
                self._abort()

    def close(self) -> None:
        """End the transaction, if there is one; the pool of connections stays."""
        self.validate_thread_sharing()
        self.run_on_commit: list[Any] = []
        if self._session is not None:
            self._abort()
        if self.in_atomic_block:
            self.closed_in_transaction = True
            self.needs_rollback = True

    # --- the server's side --------------------------------------------------------

    def _wants_transaction(self) -> bool:
        if self.connection is None or self.autocommit:
            return False
        return bool(self.features.has_transactions)

    def _begin(self) -> None:
        self._session = self.connection.start_session()
        self._session.start_transaction(
            read_concern=ReadConcern("snapshot"),
            write_concern=WriteConcern("majority"),
            read_preference=ReadPreference.PRIMARY,
        )

    def _commit_session(self, session: ClientSession) -> None:
        limit = time.monotonic() + RETRY_FOR
        while True:
            try:
                session.commit_transaction()
            except PyMongoError as error:
                # The primary was lost before it answered; asking again is harmless.
                unknown = error.has_error_label(UNKNOWN_RESULT)
                if not unknown or time.monotonic() > limit:
                    raise
            else:
                return

    def _abort(self) -> None:
        """Undo; a server that does not answer will do so by itself."""
        if self._session is not None and self._session.in_transaction:
            self._session.abort_transaction()
        self._end_session()

    def _end_session(self) -> None:
        if self._session is not None:
            self._session.end_session()
            self._session = None
