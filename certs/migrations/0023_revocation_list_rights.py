"""Who may do what with revocation lists: everybody looks, administrators add and delete."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

LOOK = ["view_revocationlist"]
CHANGE = ["add_revocationlist", "delete_revocationlist"]
RIGHTS = {"Viewer": LOOK, "Editor": LOOK, "Administrator": [*LOOK, *CHANGE]}


def give_rights(apps, schema_editor):
    """Permissions are made after all migrations; the groups need them now."""
    alias = schema_editor.connection.alias
    config = apps.get_app_config("certs")
    config.models_module = True
    create_permissions(config, apps=apps, using=alias, verbosity=0)
    config.models_module = None
    groups = apps.get_model("auth", "Group").objects.using(alias)
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    for role, codenames in RIGHTS.items():
        group = groups.filter(name=role).first()
        if group is None:  # a site may have removed it
            continue
        group.permissions.add(
            *permissions.filter(
                content_type__app_label="certs", codename__in=codenames
            )
        )


class Migration(migrations.Migration):
    dependencies = [("certs", "0022_revocation_lists")]
    # Backwards: rights to a table that is gone are no rights.
    operations = [migrations.RunPython(give_rights, migrations.RunPython.noop)]
