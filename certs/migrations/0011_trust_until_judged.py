"""What was seen before chains were judged counts as trusted until its next check."""

from django.db import migrations


def trust(apps, schema_editor):
    endpoints = apps.get_model("certs", "Endpoint").objects
    rows = endpoints.using(schema_editor.connection.alias).filter(status="up")
    rows.update(is_trusted=True)
    runs = apps.get_model("certs", "Observation").objects
    seen = runs.using(schema_editor.connection.alias).filter(name_matches__isnull=False)
    seen.update(is_trusted=True)


class Migration(migrations.Migration):
    dependencies = [("certs", "0010_judgement")]
    operations = [migrations.RunPython(trust, migrations.RunPython.noop)]
