"""The banner that says on every page that work stands still."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from certs.models import Duty
from certs.services.work import rota
from certs.tests.factories import make_user

pytestmark = pytest.mark.django_db
BANNER = "Work in the background stands still."


@pytest.fixture
def _outage():
    hour_ago = timezone.now() - timedelta(hours=1)
    for name in rota.EVERY:
        Duty.objects.create(name=name, finished_at=hour_ago, since=hour_ago)
    cache.delete(rota.CACHE_KEY)


@pytest.mark.usefixtures("_outage")
@pytest.mark.parametrize("page", ["certs:dashboard", "admin:index"])
def test_staff_are_told_on_pages_and_in_the_admin(client, page):
    client.force_login(make_user("Administrator"))

    text = client.get(reverse(page)).text

    assert BANNER in text
    assert "Checks: not done since" in text
    assert reverse("admin:certs_duty_changelist") in text


@pytest.mark.usefixtures("_outage")
def test_an_editor_gets_no_link_that_is_closed_to_them(client):
    client.force_login(make_user("Editor"))

    text = client.get(reverse("certs:dashboard")).text

    assert BANNER in text
    assert reverse("admin:certs_duty_changelist") not in text


@pytest.mark.usefixtures("_outage")
def test_others_are_not_told_but_their_pages_make_it_looked_up(
    client, settings, mailoutbox
):
    settings.ADMINS = [("Ann", "ann@example.org")]
    client.force_login(make_user("Viewer"))

    assert BANNER not in client.get(reverse("certs:dashboard")).text
    assert len(mailoutbox) == 1


def test_where_all_is_well_nothing_is_said(client):
    cache.delete(rota.CACHE_KEY)
    client.force_login(make_user("Administrator"))

    assert BANNER not in client.get(reverse("certs:dashboard")).text


@pytest.mark.usefixtures("_outage")
def test_who_is_not_signed_in_is_told_nothing(client, mailoutbox):
    assert BANNER not in client.get(reverse("account_login")).text
