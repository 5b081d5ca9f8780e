"""What finds a part of a word: trigrams, in the way of each database (models/search.py).

SQLite's are a table of its own kind that points at the words and is kept by triggers.
A migration that has Django make one of these tables anew (to alter a column) loses the
triggers with the old table, and has to make them again as it is done here.
"""

from django.db import migrations

TABLES = ("certs_endpointtext", "certs_certificatetext")

SQLITE = (
    """
    CREATE VIRTUAL TABLE {table}_parts USING fts5(
        text, content='{table}', content_rowid='id',
        tokenize='trigram', detail=none, columnsize=0
    )
    """,
    "INSERT INTO {table}_parts ({table}_parts) VALUES ('rebuild')",
    """
    CREATE TRIGGER {table}_added AFTER INSERT ON {table} BEGIN
        INSERT INTO {table}_parts (rowid, text) VALUES (new.id, new.text);
    END
    """,
    """
    CREATE TRIGGER {table}_gone AFTER DELETE ON {table} BEGIN
        INSERT INTO {table}_parts ({table}_parts, rowid, text)
            VALUES ('delete', old.id, old.text);
    END
    """,
    """
    CREATE TRIGGER {table}_changed AFTER UPDATE OF text ON {table} BEGIN
        INSERT INTO {table}_parts ({table}_parts, rowid, text)
            VALUES ('delete', old.id, old.text);
        INSERT INTO {table}_parts (rowid, text) VALUES (new.id, new.text);
    END
    """,
)
POSTGRESQL = (
    # A "trusted" extension since PostgreSQL 13: the owner of the database may.
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX {table}_parts ON {table} USING gin (text gin_trgm_ops)"
    " WITH (fastupdate = off)",
)
FORWARDS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}
BACKWARDS = {
    "sqlite": (
        "DROP TRIGGER {table}_added",
        "DROP TRIGGER {table}_gone",
        "DROP TRIGGER {table}_changed",
        "DROP TABLE {table}_parts",
    ),
    "postgresql": ("DROP INDEX {table}_parts",),
}


def make(apps, schema_editor):
    _run(schema_editor, FORWARDS)


def drop(apps, schema_editor):
    _run(schema_editor, BACKWARDS)


def _run(schema_editor, statements):
    for table in TABLES:
        for statement in statements.get(schema_editor.connection.vendor, ()):
            schema_editor.execute(statement.format(table=table))


class Migration(migrations.Migration):
    dependencies = [("certs", "0005_observation_age")]
    operations = [migrations.RunPython(make, drop)]
