"""Collections, their indexes and validators."""

import copy
from typing import Any

from django.db.models import CheckConstraint, Field, Index, Model, UniqueConstraint
from django_mongodb_backend.schema import DatabaseSchemaEditor as MongoSchemaEditor
from pymongo import ASCENDING, DESCENDING
from pymongo.operations import IndexModel

from project.mongo import parts
from project.mongo.checks import Validators, expression
from project.mongo.errors import translated


class DatabaseSchemaEditor(MongoSchemaEditor):
    """The stock backend's, with indexes as SQL has them."""

    def effective_default(self, field: Field[Any, Any]) -> dict[str, Any]:
        """Return the default for an update pipeline.

        There `{}` is refused as an empty object and "$x" is a path: AddField of a
        JSONField with default=dict fails on the stock backend.
        """
        return {"$literal": super().effective_default(field)}

    def add_index(
        self,
        model: type[Model],
        index: Index,
        *,
        field: Field[Any, Any] | None = None,
        unique: bool = False,
        column_prefix: str = "",
        parent_model: type[Model] | None = None,
    ) -> None:
        """Make an index; a unique one over NOT NULL columns without a condition.

        The stock backend makes each unique index partial ({column: {$type: …}}), so
        that several NULLs may be stored. The planner then cannot use it for
        {column: value} nor for $lookup: get(pk=…) reads the whole collection.
        """
        columns = _columns(model, index, field)
        nullable = any(getattr(item, "null", True) for item, _ in columns)
        if not unique or index.condition or column_prefix or nullable:
            super().add_index(
                model,
                index,
                field=field,
                unique=unique,
                column_prefix=column_prefix,
                parent_model=parent_model,
            )
            return
        keys = [(f.column, DESCENDING if o else ASCENDING) for f, o in columns]
        with translated():
            self.get_collection(model._meta.db_table).create_indexes(
                [IndexModel(keys, name=index.name, unique=True)]
            )

    def add_constraint(
        self, model: type[Model], constraint: Any, *args: Any, **kwargs: Any
    ) -> None:
        if not isinstance(constraint, CheckConstraint):
            super().add_constraint(model, constraint, *args, **kwargs)
            return
        mql = expression(model, constraint, self.connection)
        if self.collect_sql:
            self.collected_sql.append(f"// CHECK {constraint.name}: {mql}")
            return
        with translated():
            self._validators(model).add(constraint.name, mql)

    def remove_constraint(self, model: type[Model], constraint: Any) -> None:
        if not isinstance(constraint, CheckConstraint):
            super().remove_constraint(model, constraint)
        elif self.collect_sql:
            self.collected_sql.append(f"// no CHECK {constraint.name}")
        else:
            with translated():
                self._validators(model).remove(constraint.name)

    def add_parts(self, model: type[Model], column: str) -> None:
        """Make what finds parts of a text; for the migration that gives `has_parts`."""
        with translated():
            parts.add(self.get_collection(model._meta.db_table), column)

    def remove_parts(self, model: type[Model], column: str) -> None:
        with translated():
            parts.remove(self.get_collection(model._meta.db_table), column)

    def remove_field(self, model: type[Model], field: Field[Any, Any]) -> None:
        """Remove a column; its unique index first, or $unset would break it.

        A partial index, as the stock backend's, forgets the documents; ours would see
        the same nothing in all of them.
        """
        if self._is_unique(field):
            self._remove_field_unique(model, field)
            field = _bare(field)
        super().remove_field(model, field)

    def _alter_field(
        self,
        model: type[Model],
        old_field: Field[Any, Any],
        new_field: Field[Any, Any],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Change a column; its indexes are made anew if it is renamed or NULL changes.

        The stock backend renames the column under a unique index, which is then broken
        meanwhile, and leaves indexes of several columns with the old name. And what
        unique index is right depends on whether NULL is allowed (see add_index).
        """
        same_name = old_field.column == new_field.column
        if same_name and old_field.null == new_field.null:
            super()._alter_field(model, old_field, new_field, *args, **kwargs)
            return
        dropped = self._drop_indexes(model, old_field.column)
        super()._alter_field(model, _bare(old_field), new_field, *args, **kwargs)
        self._restore_indexes(new_field.model, new_field, dropped)

    # --- parts --------------------------------------------------------------------

    def _validators(self, model: type[Model]) -> Validators:
        return Validators(self.connection, model._meta.db_table)

    def _is_unique(self, field: Field[Any, Any]) -> bool:
        return not field.many_to_many and bool(self._field_should_have_unique(field))

    def _drop_indexes(self, model: type[Model], column: str | None) -> set[str]:
        """Drop every index over `column`; returns their names."""
        collection = self.get_collection(model._meta.db_table)
        names = {
            name
            for name, details in collection.index_information().items()
            if column in dict(details["key"])
        }
        for name in names:
            collection.drop_index(name)
        return names

    def _restore_indexes(
        self, model: type[Model], field: Field[Any, Any], dropped: set[str]
    ) -> None:
        """Make the indexes of several columns again that `_drop_indexes` dropped.

        Those of the field alone were made by the stock backend, which saw a field
        without any before.
        """
        for constraint in model._meta.constraints:
            if isinstance(constraint, UniqueConstraint) and constraint.name in dropped:
                self.add_constraint(model, constraint)
        for index in model._meta.indexes:
            if index.name in dropped:
                self.add_index(model, index)
        for names in model._meta.unique_together:
            if field.name in names:
                self.alter_unique_together(model, [], [names])


def _columns(
    model: type[Model], index: Index, field: Field[Any, Any] | None
) -> list[tuple[Any, str]]:
    """Return the fields of `index`, each with "" or "DESC".

    The name of a column that is being altered is not in `model` yet: `field` is it.
    """
    if field is not None:
        return [(field, "")]
    return [(model._meta.get_field(name), order) for name, order in index.fields_orders]


def _bare(field: Any) -> Any:
    """Return a copy of `field` that has no index."""
    field = copy.copy(field)
    field.db_index = field._unique = field.primary_key = False  # noqa: SLF001
    vars(field).pop("unique", None)  # a cached property
    return field
