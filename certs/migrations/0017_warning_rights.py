"""Who may do what with warnings and work: all look, editors acknowledge."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

LOOK = ["view_policy", "view_notice", "view_acknowledgement", "view_job"]
EDIT = [*LOOK, "add_acknowledgement"]
ADMINISTER = [
    *EDIT,
    "add_policy",
    "change_policy",
    "delete_policy",
    "view_channel",
    "add_channel",
    "change_channel",
    "delete_channel",
    "view_letter",
    "view_undeliverable",
    "delete_undeliverable",
    "view_duty",
    "view_worker",
]
RIGHTS = {"Viewer": LOOK, "Editor": EDIT, "Administrator": ADMINISTER}


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
        for codename in codenames:
            group.permissions.add(
                permissions.get(content_type__app_label="certs", codename=codename)
            )


class Migration(migrations.Migration):
    dependencies = [
        ("certs", "0016_work_and_warnings"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    # Backwards: rights to a table that is gone are no rights.
    operations = [migrations.RunPython(give_rights, migrations.RunPython.noop)]
