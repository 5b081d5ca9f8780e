from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from certs.models import Endpoint, Figure
from certs.models.counting import Certainty, Count
from certs.services import figures, seed as service
from certs.tests.factories import make_endpoint

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _few_contacts(monkeypatch):
    monkeypatch.setattr(service, "CONTACTS", 5)


def seed(*arguments):
    out = StringIO()
    call_command("seed", *arguments, stdout=out)
    return out.getvalue()


def test_an_empty_inventory_is_filled():
    assert "30 endpoints were added" in seed("--endpoints", "30")
    assert Endpoint.objects.count() == 30


def test_what_is_added_to_a_large_inventory_is_counted_in_the_end(monkeypatch):
    monkeypatch.setattr(figures, "size", lambda _: Count(98_765, Certainty.ABOUT))

    seed("--endpoints", "30")

    ranking = figures.ranking(now=timezone.now())
    assert ranking is not None
    assert ranking.total == 30
    assert Figure.objects.filter(counted_at__lte=timezone.now()).count() == 2


def test_an_inventory_with_endpoints_is_left_alone_unless_told():
    make_endpoint()

    with pytest.raises(CommandError, match="--add"):
        seed("--endpoints", "5")
    assert Endpoint.objects.count() == 1

    seed("--endpoints", "5", "--add")
    assert Endpoint.objects.count() == 6


def test_no_endpoints_are_not_a_wish():
    with pytest.raises(CommandError, match="1 or more"):
        seed("--endpoints", "0")


def test_ctrl_c_says_what_was_done(monkeypatch):
    def plant(endpoints, **options):
        yield 10
        raise KeyboardInterrupt

    monkeypatch.setattr(service, "plant", plant)

    with pytest.raises(CommandError, match="Stopped after 10 of 30"):
        seed("--endpoints", "30")
