import pytest
from django.urls import reverse
from django.utils import timezone

from certs.tests.factories import make_checked, make_endpoint, make_team, make_user

pytestmark = pytest.mark.django_db
DASHBOARD = reverse("certs:dashboard")


@pytest.fixture
def viewer(client):
    user = make_user("Viewer")
    client.force_login(user)
    return user


def checked(days, **fields):
    return make_checked(days=days, now=timezone.now(), **fields)


def test_an_empty_inventory_says_how_to_begin(client):
    client.force_login(make_user("Administrator"))

    page = client.get(DASHBOARD)

    assert "No endpoints yet" in page.text
    assert reverse("certs:endpoint-add") in page.text


def test_a_viewer_is_not_offered_what_viewers_cannot_do(client, viewer):
    assert reverse("certs:endpoint-add") not in client.get(DASHBOARD).text


def test_the_tiles_count_every_endpoint_in_its_state(client, viewer):
    checked(-3)
    checked(2)
    checked(90)
    make_endpoint()

    tiles = {t.label: t.number for t in client.get(DASHBOARD).context["tiles"]}

    assert tiles == {
        "Expired": 1,
        "Critical": 1,
        "Expiring": 0,
        "Unreachable": 0,
        "Wrong certificate": 0,
        "Healthy": 1,
    }


def test_each_tile_leads_to_the_rows_it_counts(client, viewer):
    for days in (-3, -2, 2, 10, 90):
        checked(days)

    for tile in client.get(DASHBOARD).context["tiles"]:
        rows = client.get(reverse("certs:endpoints"), {"status": tile.status})
        assert rows.context["page"].paginator.count == tile.number, tile.label


def test_nothing_wrong_is_said_in_so_many_words(client, viewer):
    checked(90)

    page = client.get(DASHBOARD).text

    assert "Nothing needs attention" in page
    assert "Next to end" in page


def test_only_the_most_urgent_rows_are_shown_and_the_rest_counted(client, viewer):
    for _ in range(15):
        checked(3)

    context = client.get(DASHBOARD).context

    assert len(context["attention"]) == 12
    assert (context["attention_total"], context["attention_more"]) == (15, 3)


@pytest.mark.parametrize("rows", [1, 50])
def test_the_dashboard_takes_the_same_queries_however_many(
    client, viewer, rows, django_assert_num_queries
):
    for _ in range(rows):
        checked(90, team=make_team())

    with django_assert_num_queries(QUERIES):
        client.get(DASHBOARD)


QUERIES = 13
