from django.db import migrations, models


def make_first(apps, schema_editor):
    """Whoever changes administrators first finds the row that others wait for."""
    turns = apps.get_model("accounts", "Turn").objects
    turns.using(schema_editor.connection.alias).get_or_create(name="administrators")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_rights_to_invite"),
    ]

    operations = [
        migrations.CreateModel(
            name="Turn",
            fields=[
                (
                    "name",
                    models.CharField(
                        max_length=50, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.BigIntegerField(default=0)),
            ],
            options={"default_permissions": ()},
        ),
        migrations.AlterModelManagers(name="user", managers=[]),
        # Backwards: the table goes, the row with it.
        migrations.RunPython(make_first, migrations.RunPython.noop),
    ]
