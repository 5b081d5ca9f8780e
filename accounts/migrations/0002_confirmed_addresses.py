"""Who had an account before addresses were confirmed must still get in."""

from django.db import migrations


def confirm(apps, schema_editor):
    alias = schema_editor.connection.alias
    addresses = apps.get_model('account', 'EmailAddress').objects.using(alias)
    known = set(addresses.filter(primary=True).values_list('user_id', flat=True))
    for user in apps.get_model('accounts', 'User').objects.using(alias).exclude(email=''):
        if user.pk not in known:
            addresses.update_or_create(
                user_id=user.pk,
                email=user.email,
                defaults={'verified': True, 'primary': True},
            )


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('account', '0009_emailaddress_unique_primary_email'),
    ]

    operations = [
        migrations.AlterModelManagers(name='user', managers=[]),
        migrations.RunPython(confirm, migrations.RunPython.noop),
    ]
