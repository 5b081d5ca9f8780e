"""The policy of endpoints for which nobody chose another."""

from django.db import migrations


def make_default(apps, schema_editor):
    """Make it, unless there is one."""
    alias = schema_editor.connection.alias
    policies = apps.get_model("certs", "Policy").objects.using(alias)
    if not policies.filter(is_default=True).exists():
        policies.create(name="Standard", is_default=True)


class Migration(migrations.Migration):
    dependencies = [("certs", "0017_warning_rights")]
    # Backwards: the table goes with the migration that made it.
    operations = [migrations.RunPython(make_default, migrations.RunPython.noop)]
