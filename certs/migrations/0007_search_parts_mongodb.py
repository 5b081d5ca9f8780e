"""What finds a part of a word on MongoDB (project/mongo/parts.py).

The column is the same, so only the state changes: SQLite would make the table anew and
lose the triggers of 0006.
"""

from django.db import migrations

import certs.models.fields

MODELS = ("EndpointText", "CertificateText")


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "mongodb":
        for name in MODELS:
            schema_editor.add_parts(apps.get_model("certs", name), "text")


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "mongodb":
        for name in MODELS:
            schema_editor.remove_parts(apps.get_model("certs", name), "text")


class Migration(migrations.Migration):
    dependencies = [("certs", "0006_search_parts")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(name, "text", certs.models.fields.SearchedField())
                for name in MODELS
            ]
        ),
        migrations.RunPython(make, drop),
    ]
