"""The engine: ENGINE = "project.mongo"."""

from django_mongodb_backend.base import DatabaseWrapper as MongoWrapper

from project.mongo import lookups
from project.mongo.errors import translated
from project.mongo.features import DatabaseFeatures
from project.mongo.operations import AUTO_FIELDS, DatabaseOperations
from project.mongo.schema import DatabaseSchemaEditor
from project.mongo.transactions import Transactions
from project.mongo.validation import DatabaseValidation

lookups.register()


class DatabaseWrapper(Transactions):
    """One connection of Django's; the sockets are in a pool that threads share."""

    data_types = {**MongoWrapper.data_types, **AUTO_FIELDS}
    SchemaEditorClass = DatabaseSchemaEditor
    features_class = DatabaseFeatures
    ops_class = DatabaseOperations
    validation_class = DatabaseValidation

    def connect(self) -> None:
        """Connect; a server that does not answer is OperationalError, as elsewhere."""
        with translated():
            super().connect()
