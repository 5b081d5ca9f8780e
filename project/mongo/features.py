"""What this engine can do."""

from django.utils.functional import cached_property
from django_mongodb_backend.features import DatabaseFeatures as MongoFeatures

from project.mongo.errors import translated


class DatabaseFeatures(MongoFeatures):
    """The stock backend's, and what was added.

    `supports_transactions` stays False although there are transactions: Django's
    TestCase alone reads it, and would run each test inside one transaction, which here
    ends at the first error that the test expects.
    """

    allow_sliced_subqueries_with_in = True  # lookups.py
    can_return_rows_from_bulk_insert = True
    supports_ignore_conflicts = True  # compiler.py
    supports_table_check_constraints = True  # checks.py

    @cached_property
    def has_transactions(self) -> bool:
        """Whether the server is a replica set or a cluster of them."""
        with translated():
            return bool(self._supports_transactions)
