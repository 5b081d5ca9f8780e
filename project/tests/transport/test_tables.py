"""Rules that every table must keep for its rows to be carried."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.test.utils import isolate_apps

from project.tests.transport.places import default, sqlite
from project.transport import TransportError
from project.transport.columns import codec
from project.transport.tables import BLANKS, NEVER, SEEDED, carried

SECRET_WORDS = ("password", "secret", "token", "private", "digest", "hash", "session")
# Of others' models: what is called so there opens something.
KEYS = {
    ("account.emailconfirmation", "key"),
    ("socialaccount.socialapp", "key"),
    ("socialaccount.socialapp", "settings"),
}


@pytest.mark.parametrize("table", carried(apps), ids=lambda table: table.label)
def test_every_column_can_be_carried_and_every_key_sorts_alike(table):
    key = table.model._meta.pk

    assert table.columns
    for column in table.model._meta.local_concrete_fields:
        codec(column)
    assert isinstance(
        getattr(key, "target_field", key),
        models.UUIDField | models.IntegerField,
    )


def test_every_column_that_sounds_secret_is_blank_in_a_backup():
    sounding = {
        (table.label, column)
        for table in carried(apps)
        for column in table.columns
        if any(word in column for word in SECRET_WORDS)
    }

    assert sounding | KEYS == {
        (label, column) for label, columns in BLANKS.items() for column in columns
    }


def test_only_who_is_signed_in_stays_behind():
    everything = {
        model._meta.label_lower for model in apps.get_models(include_auto_created=True)
    }

    assert everything - {table.label for table in carried(apps)} == NEVER


def test_a_table_comes_after_those_it_refers_to():
    labels = [table.label for table in carried(apps)]

    assert labels.index("certs.certificate") < labels.index("certs.endpoint")
    assert labels.index("certs.endpoint") < labels.index("certs.endpoint_tags")
    assert labels.index("accounts.team") < labels.index("certs.contact")


def test_migrate_fills_no_other_tables_than_those_that_count_as_empty(tmp_path):
    with default(sqlite(tmp_path / "new.sqlite3")):
        call_command("migrate", verbosity=0)
        filled = {t.label for t in carried(apps) if t.rows("default").exists()}

    assert filled == SEEDED


@isolate_apps("project.tests")
def test_tables_that_refer_to_each_other_are_named():
    class Egg(models.Model):
        hen = models.ForeignKey("Hen", models.CASCADE)

        class Meta:
            app_label = "tests"

    class Hen(models.Model):
        egg = models.ForeignKey(Egg, models.CASCADE)

        class Meta:
            app_label = "tests"

    with pytest.raises(TransportError, match="refer to each other: tests"):
        carried(Egg._meta.apps)


@isolate_apps("project.tests")
def test_a_kind_of_column_that_nobody_thought_about_is_named():
    class Price(models.Model):
        amount = models.DecimalField(max_digits=5, decimal_places=2)

        class Meta:
            app_label = "tests"

    with pytest.raises(TransportError, match=r"Price\.amount is a DecimalField"):
        codec(Price._meta.get_field("amount"))
