"""A round of checks, and pages, while MongoDB loses its primary."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.tests.factories import make_user
from project.tests.faults.replicas import replica_set
from project.tests.faults.rounds import round_of
from project.tests.transport.places import default

pytestmark = pytest.mark.slow


@pytest.fixture
def servers(tmp_path):
    with replica_set(tmp_path) as servers, default(servers.url):
        yield servers


@pytest.mark.parametrize("fault", ["step_down", "kill"])
def test_a_lost_primary_in_the_middle_changes_nothing_about_a_round(
    servers, fleet, undisturbed, monkeypatch, fault
):
    left = round_of(fleet, monkeypatch, fault=getattr(servers, fault))

    assert connection.settings_dict["NAME"] == "faults"
    assert left == undisturbed


def test_pages_say_that_it_is_away(servers):
    call_command("migrate", verbosity=0)
    browser = Client(raise_request_exception=False)
    browser.force_login(make_user("Viewer"))
    url = reverse("certs:dashboard")
    before = browser.get(url).status_code

    servers.stop()
    away = browser.get(url)

    assert (before, away.status_code) == (200, 503)
    assert away["Retry-After"]
