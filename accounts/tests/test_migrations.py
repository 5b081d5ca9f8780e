"""What migrations make of databases from before."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import connection

from accounts.models import User
from accounts.tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_who_was_there_before_addresses_were_confirmed_gets_in():
    confirm = import_module("accounts.migrations.0002_confirmed_addresses").confirm
    User.objects.create_user("ann", "ann@example.org")
    bob = make_user(username="bob", email="bob@example.org")
    EmailAddress.objects.create(user=bob, email="new@example.org")

    for _ in range(2):  # and again does no harm
        confirm(apps, SimpleNamespace(connection=connection))

    rows = EmailAddress.objects.order_by("email")
    assert [(row.email, row.verified, row.primary) for row in rows] == [
        ("ann@example.org", True, True),
        ("bob@example.org", True, True),
        ("new@example.org", False, False),
    ]
