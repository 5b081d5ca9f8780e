"""What `manage.py check --database` and `migrate` say about the server."""

from typing import Any

from django.core.checks import CheckMessage, Warning as CheckWarning
from django.db.backends.base.validation import BaseDatabaseValidation


class DatabaseValidation(BaseDatabaseValidation):
    """Allows AutoField, which the stock backend forbids, and looks at the server."""

    def check(self, **_options: Any) -> list[CheckMessage]:
        features: Any = self.connection.features
        if features.has_transactions:
            return []
        return [
            CheckWarning(
                "This MongoDB server stands alone: it has no transactions.",
                hint=(
                    "A change of several documents that fails half-way is not undone, "
                    "and readers may see it half done. Run it as a replica set; one "
                    "node is enough (mongod --replSet, then rs.initiate())."
                ),
                id="project.W001",
            )
        ]
