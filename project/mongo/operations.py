"""Values on their way to and from MongoDB."""

from collections.abc import Callable
from typing import Any

from bson import Int64
from django_mongodb_backend.operations import DatabaseOperations as MongoOperations

AUTO_FIELDS = {"AutoField": "long", "BigAutoField": "long", "SmallAutoField": "int"}


class DatabaseOperations(MongoOperations):
    """Adds whole numbers as keys, where stock has ObjectIds; escapes `__iexact`."""

    compiler_module = "project.mongo.compiler"

    def validate_autopk_value(self, value: int | None) -> Int64 | None:
        return None if value is None else Int64(value)

    def get_db_converters(self, expression: Any) -> list[Callable[..., Any]]:
        converters: list[Callable[..., Any]] = super().get_db_converters(expression)
        if expression.output_field.get_internal_type() in AUTO_FIELDS:
            converters.append(self.convert_integerfield_value)
        return converters

    def prep_for_iexact_query(self, x: str) -> str:
        """Escape `x`: `__iexact` is a regular expression here, too.

        The stock backend escapes for LIKE, so "*" is an error and "a.n" finds "ann".
        """
        escaped: str = self.prep_for_like_query(x)
        return escaped
