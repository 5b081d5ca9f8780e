"""Administrators may have a letter sent again that was given up."""

from django.contrib.auth.management import create_permissions
from django.db import migrations


def give_right(apps, schema_editor):
    """Permissions are made after all migrations; the group needs it now."""
    alias = schema_editor.connection.alias
    config = apps.get_app_config("certs")
    config.models_module = True
    create_permissions(config, apps=apps, using=alias, verbosity=0)
    config.models_module = None
    groups = apps.get_model("auth", "Group").objects.using(alias)
    group = groups.filter(name="Administrator").first()
    if group is None:  # a site may have removed it
        return
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    group.permissions.add(
        permissions.get(content_type__app_label="certs", codename="resend_letter")
    )


class Migration(migrations.Migration):
    dependencies = [("certs", "0020_seal_channels")]
    operations = [
        migrations.AlterModelOptions(
            name="letter",
            options={
                "default_permissions": ("view",),
                "ordering": ["-created_at", "-id"],
                "permissions": [("resend_letter", "Can have a letter sent again")],
            },
        ),
        migrations.RunPython(give_right, migrations.RunPython.noop),
    ]
