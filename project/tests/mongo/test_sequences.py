from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.core.management import call_command
from django.db import connections

from project.mongo.sequences import SEQUENCES
from project.tests.mongo.made import connection

pytestmark = pytest.mark.django_db


def test_keys_are_whole_numbers_that_grow():
    first = Group.objects.create(name="a")
    second = Group.objects.create(name="b")

    assert type(first.pk) is int
    assert second.pk == first.pk + 1
    assert type(Group.objects.get(name="a").pk) is int


def test_writers_at_the_same_time_never_get_the_same_number():
    def create(worker):
        try:
            return [Group.objects.create(name=f"{worker}-{n}").pk for n in range(20)]
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(4) as pool:
        keys = [key for some in pool.map(create, range(4)) for key in some]

    assert len(set(keys)) == 80


def test_bulk_create_numbers_what_has_no_number_and_returns_all():
    taken = Group.objects.create(name="taken").pk
    groups = [Group(name="x"), Group(name="y", pk=taken + 100), Group(name="z")]

    Group.objects.bulk_create(groups)

    assert groups[1].pk == taken + 100
    assert {group.pk for group in groups} == {taken + 100, taken + 101, taken + 102}


def test_the_sequence_moves_past_the_keys_of_a_fixture(tmp_path):
    last = Group.objects.create(name="last").pk
    fixture = tmp_path / "groups.json"
    rows = [Group(pk=last + 500, name="from a fixture")]
    fixture.write_text(serializers.serialize("json", rows))

    call_command("loaddata", fixture, verbosity=0)

    assert Group.objects.get(name="from a fixture").pk == last + 500
    assert Group.objects.create(name="next").pk == last + 501


def test_a_collection_that_was_filled_by_other_means_goes_on_after_its_last_number():
    last = Group.objects.create(name="restored").pk
    connection.database[SEQUENCES].delete_one({"_id": "auth_group"})

    assert Group.objects.create(name="next").pk == last + 1


def test_a_foreign_key_to_a_number_is_followed():
    permission = ContentType.objects.get(model="group").permission_set.all()[0]

    assert permission.content_type.model == "group"
    assert permission.content_type_id == permission.content_type.pk
