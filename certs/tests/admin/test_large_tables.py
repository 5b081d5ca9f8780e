import pytest
from django.contrib.admin import ModelAdmin, site
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertHTMLEqual

from certs.admin import paging
from certs.models import Endpoint, Observation
from certs.models.counting import Certainty, Count
from certs.services import watch
from certs.tests.factories import (
    answers,
    make_chain,
    make_endpoint,
    make_user,
    refuses,
)

pytestmark = pytest.mark.django_db
OBSERVATIONS = reverse("admin:certs_observation_changelist")


@pytest.fixture(autouse=True)
def administrator(client):
    client.force_login(make_user("Administrator"))


def check(host, probe):
    endpoint = make_endpoint(host)
    list(watch.observe([endpoint], now=timezone.now(), probe=probe))
    return Observation.objects.get(endpoint=endpoint)


def shown(client, **asked):
    response = client.get(OBSERVATIONS, asked)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def test_only_the_first_pages_of_a_large_table_are_offered(client, monkeypatch):
    monkeypatch.setattr(paging, "BOUND", 100)
    monkeypatch.setattr(paging, "size", lambda *_, **__: Count(98_765, Certainty.ABOUT))
    make_endpoint()

    response = client.get(reverse("admin:certs_endpoint_changelist"))

    assert "about 98,800 endpoints" in " ".join(response.text.split())
    assert response.context["cl"].paginator.num_pages == 2


def test_an_empty_table_has_one_page(client):
    assert client.get(OBSERVATIONS).context["cl"].paginator.num_pages == 1


def test_runs_are_found_by_outcome_version_and_host(client):
    good = check("good.example.org", answers(make_chain("x", now=timezone.now())))
    bad = check("bad.example.org", refuses)

    assert shown(client, outcome="answered") == [good]
    assert shown(client, outcome="failed") == [bad]
    assert shown(client, tls_version="TLSv1.3") == [good]
    assert shown(client, tls_version="nonsense", outcome="x") == [bad, good]
    assert shown(client, q="good.") == [good]
    assert shown(client, q=" ") == [bad, good]


@pytest.mark.parametrize(
    ("asked", "order"),
    [("4", ["not_after", "pk"]), ("-4", ["-not_after", "-pk"])],
)
def test_equal_rows_follow_each_other_in_the_order_of_an_index(client, asked, order):
    make_endpoint()

    page = client.get(reverse("admin:certs_endpoint_changelist"), {"o": asked})

    assert list(page.context["cl"].queryset.query.order_by) == order


def test_the_first_order_of_a_screen_stays_as_it_is(client):
    check("good.example.org", refuses)

    rows = client.get(OBSERVATIONS).context["cl"].queryset

    assert list(rows.query.order_by) == ["-last_seen_at", "-id"]


def test_the_box_of_a_row_is_the_one_of_django():
    screen = site.get_model_admin(Endpoint)
    endpoint = make_endpoint("a.example.org")
    endpoint.host = '<b>"&'

    assertHTMLEqual(
        screen.action_checkbox(endpoint), ModelAdmin.action_checkbox(screen, endpoint)
    )
