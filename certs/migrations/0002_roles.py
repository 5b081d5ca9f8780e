"""The roles: permission groups and the rights each of them has."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

VIEWER = [
    "accounts.view_team",
    "certs.view_certificate",
    "certs.view_contact",
    "certs.view_endpoint",
    "certs.view_observation",
    "certs.view_tag",
]
EDITOR = [
    *VIEWER,
    "certs.add_certificate",
    "certs.add_contact",
    "certs.add_endpoint",
    "certs.change_endpoint",
    "certs.delete_endpoint",
    "certs.add_tag",
]
ADMINISTRATOR = [
    *EDITOR,
    "accounts.act_for_every_team",
    "accounts.add_team",
    "accounts.change_team",
    "accounts.delete_team",
    "accounts.add_user",
    "accounts.change_user",
    "accounts.view_user",
    "auth.view_group",
    "certs.change_contact",
    "certs.delete_contact",
    "certs.change_tag",
    "certs.delete_tag",
]
ROLES = {"Viewer": VIEWER, "Editor": EDITOR, "Administrator": ADMINISTRATOR}


def make_roles(apps, schema_editor):
    """Permissions are made after all migrations; the groups need them now."""
    alias = schema_editor.connection.alias
    for label in ("auth", "accounts", "certs"):
        config = apps.get_app_config(label)
        config.models_module = True
        create_permissions(config, apps=apps, using=alias, verbosity=0)
        config.models_module = None
    groups = apps.get_model("auth", "Group").objects.using(alias)
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    for role, rights in ROLES.items():
        group, _ = groups.get_or_create(name=role)
        for right in rights:
            label, codename = right.split(".")
            group.permissions.add(
                permissions.get(
                    content_type__app_label=label, codename=codename
                )
            )


class Migration(migrations.Migration):
    dependencies = [
        ("certs", "0001_initial"),
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    # Backwards: the groups stay, people may be in them.
    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
