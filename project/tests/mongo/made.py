"""Models that only a test has, and their collections."""

from contextlib import contextmanager
from typing import Any

from django.apps.registry import Apps
from django.db import connection as django_connection, models

connection: Any = django_connection  # types know nothing of ours


def make_model(name="Thing", *, meta=None, **fields):
    """A model class that no registry knows."""
    options = {"app_label": "made", "apps": Apps(), **(meta or {})}
    attributes = {"__module__": __name__, "Meta": type("Meta", (), options), **fields}
    return type(name, (models.Model,), attributes)


@contextmanager
def collection_of(model):
    """Its collection, while the block lasts."""
    with connection.schema_editor() as editor:
        editor.create_model(model)
    try:
        yield connection.database[model._meta.db_table]
    finally:
        connection.database.drop_collection(model._meta.db_table)


def stages(queryset):
    """The names of the stages of its pipeline, in order."""
    return [next(iter(stage)) for stage in pipeline(queryset)]


def pipeline(queryset):
    compiler = queryset.query.get_compiler(using="default")
    compiler.pre_sql_setup()
    needs_columns = queryset.query.annotations or not queryset.query.default_cols
    columns = compiler.columns if needs_columns else None
    return compiler.build_query(columns).get_pipeline()


def plan(queryset):
    """Every stage of the winning plan, as one text."""
    return queryset.explain(verbosity="queryPlanner")
