"""Tests here open databases of their own; the suite's own is not touched."""

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType

SUITE = settings.DATABASES["default"]["ENGINE"]
collect_ignore = [] if SUITE == "project.mongo" else ["test_round_trip.py"]


@pytest.fixture(autouse=True)
def _own_databases(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.fixture(autouse=True)
def _no_content_types_from_elsewhere():
    ContentType.objects.clear_cache()
    yield
    ContentType.objects.clear_cache()
