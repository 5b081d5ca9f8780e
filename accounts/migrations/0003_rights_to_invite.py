"""Who invites: administrators."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

RIGHTS = [
    "view_invitation",
    "add_invitation",
    "change_invitation",
    "delete_invitation",
]


def give_rights(apps, schema_editor):
    """Permissions are made after all migrations; the group needs them now."""
    alias = schema_editor.connection.alias
    config = apps.get_app_config("accounts")
    config.models_module = True
    create_permissions(config, apps=apps, using=alias, verbosity=0)
    config.models_module = None
    groups = apps.get_model("auth", "Group").objects.using(alias)
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    group = groups.filter(name="Administrator").first()
    if group is None:  # a site may have removed it
        return
    for codename in RIGHTS:
        group.permissions.add(
            permissions.get(content_type__app_label="accounts", codename=codename)
        )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_invitation"),
        ("certs", "0002_roles"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    # Backwards: rights to a table that is gone are no rights.
    operations = [migrations.RunPython(give_rights, migrations.RunPython.noop)]
