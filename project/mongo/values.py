"""Values in expressions, such as those that `bulk_update` writes."""

from typing import Any

from django.db.models import Value

_stock: Any = Value.as_mql  # type: ignore[attr-defined]  # the stock backend's


def as_mql(self: Any, compiler: Any, connection: Any, *, as_expr: bool = False) -> Any:
    """Write a tuple as its field keeps it, as on SQL (Value.as_sql).

    The stock backend asks no field: a column of text would get a list.
    """
    field, value = self._output_field_or_none, self
    if isinstance(self.value, tuple) and field is not None:
        value = Value(field.get_db_prep_save(self.value, connection))
    return _stock(value, compiler, connection, as_expr=as_expr)


def register() -> None:
    """Teach Django's Value its form on MongoDB; other databases see no change."""
    Value.as_mql = as_mql  # type: ignore[attr-defined]
