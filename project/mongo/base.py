"""The engine: ENGINE = "project.mongo"."""

from typing import Any, ClassVar

from django_mongodb_backend.base import DatabaseWrapper as MongoWrapper

from project.mongo import lookups, values
from project.mongo.errors import translated
from project.mongo.features import DatabaseFeatures
from project.mongo.operations import AUTO_FIELDS, DatabaseOperations
from project.mongo.schema import DatabaseSchemaEditor
from project.mongo.transactions import Transactions
from project.mongo.validation import DatabaseValidation

lookups.register()
values.register()


def _lacks(path: str, is_null: bool) -> dict[str, Any]:  # noqa: FBT001 - as Django calls it
    """Condition: null or missing. The stock `$exists` makes an index read documents."""
    return {path: None} if is_null else {path: {"$ne": None}}


class DatabaseWrapper(Transactions):
    """One connection of Django's; the sockets are in a pool that threads share."""

    # $lt compares values of one type, so it leaves null out without being told.
    mongo_operators: ClassVar[dict[str, Any]] = {
        **MongoWrapper.mongo_operators,
        "lt": lambda path, value: {path: {"$lt": value}},
        "lte": lambda path, value: {path: {"$lte": value}},
        "isnull": _lacks,
    }
    data_types = {**MongoWrapper.data_types, **AUTO_FIELDS}
    SchemaEditorClass = DatabaseSchemaEditor
    features_class = DatabaseFeatures
    ops_class = DatabaseOperations
    validation_class = DatabaseValidation

    def connect(self) -> None:
        """Connect; a server that does not answer is OperationalError, as elsewhere."""
        with translated():
            super().connect()
