"""Long lists: their pages go on after a row. A dozen rows are "long" here."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from certs.models import Endpoint, counting
from certs.models.counting import Certainty, Count
from certs.services import figures
from certs.tests.factories import make_checked, make_endpoint, make_team, make_user
from certs.views import endpoints, paging, selection

pytestmark = pytest.mark.django_db
LIST = reverse("certs:endpoints")
SORTS = ["host", "days", "issuer", "team", "checked"]


@pytest.fixture(autouse=True)
def _short_is_long(client, monkeypatch):
    client.force_login(make_user("Viewer"))
    monkeypatch.setattr(selection, "FEW", 3)
    monkeypatch.setattr(endpoints, "ROWS", 4)


@pytest.fixture
def rows():
    """Endpoints with and without certificate and team, some ending together."""
    now = timezone.now()
    teams = [make_team("A"), make_team("B"), None]
    made = [
        make_checked(days=10 + number // 3, team=teams[number % 3], now=now)
        for number in range(9)
    ]
    return made + [make_endpoint(team=teams[number]) for number in range(3)]


def walk(client, way, **asked):
    """Every row of every page in one direction; the address is all that is kept."""
    found: list[object] = []
    address = asked.pop("page", "")
    for _ in range(20):
        page = client.get(LIST, {**asked, "page": address}).context["page"]
        keys = [row.pk for row in page]
        found = [*found, *keys] if way == "next" else [*keys, *found]
        cursor = getattr(page, way)
        if cursor is None:
            return found
        address = str(cursor)
    raise AssertionError("There is no end.")


@pytest.mark.parametrize("status", ["attention", "expiring"])
@pytest.mark.parametrize("sort", SORTS)
def test_rows_of_a_status_that_many_have_come_in_the_order_of_all(
    client, rows, sort, status
):
    served = {row.pk for row in rows if row.not_after}
    everything = walk(client, "next", sort=sort)

    there = walk(client, "next", sort=sort, status=status)

    assert len(there) == len(served) == 9
    assert there == [key for key in everything if key in served]


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("sort", SORTS)
def test_there_and_back_every_row_comes_once_in_the_same_order(
    client, rows, sort, sign
):
    there = walk(client, "next", sort=sign + sort)
    back = walk(client, "previous", sort=sign + sort, page="last")

    assert there == back
    assert sorted(there) == sorted(row.pk for row in rows)


def test_what_has_no_value_comes_last_both_ways(client, rows):
    unknown = {row.pk for row in rows if row.status == "unknown"}

    for sort in ("days", "-days", "checked", "-checked"):
        assert set(walk(client, "next", sort=sort)[-3:]) == unknown


def test_a_page_says_where_it_is(client, rows):
    first = client.get(LIST).context["page"]
    second = client.get(LIST, {"page": str(first.next)}).context["page"]
    last = client.get(LIST, {"page": "last"}).context["page"]

    assert (first.start_index, first.end_index, first.previous) == (1, 4, None)
    assert (second.start_index, second.end_index) == (5, 8)
    assert (last.start_index, last.end_index, last.next) == (9, 12, None)
    again = client.get(LIST, {"page": str(second.previous)}).context["page"]
    assert [row.pk for row in again] == [row.pk for row in first]
    assert again.previous is None


def test_the_pager_leads_on_and_keeps_the_questions(client, rows):
    text = client.get(LIST, {"sort": "host"}).text

    assert "1–4 of 12" in text
    (following,) = re.findall(r'href="(\?[^"]*after[^"]*)"', text)
    assert "sort=host" in following
    assert client.get(LIST + following.replace("&amp;", "&")).status_code == 200


def test_rows_that_come_or_go_shift_no_page(client, rows):
    first = client.get(LIST, {"sort": "host"}).context["page"]
    Endpoint.objects.get(pk=first.object_list[0].pk).delete()
    make_endpoint("0.example.org")

    second = client.get(LIST, {"sort": "host", "page": str(first.next)})

    seen = {row.pk for row in first}
    assert not seen & {row.pk for row in second.context["page"]}


@pytest.mark.parametrize(
    "address",
    [
        "2",
        "after",
        "after~0~1~x~y",
        "after~9~1~a~00000000-0000-7000-8000-000000000000",
        "after~-1~1~a~00000000-0000-7000-8000-000000000000",
        "over~0~1~2026-01-01~00000000-0000-7000-8000-000000000000",
        "after~0~1~%00~00000000-0000-7000-8000-000000000000",
    ],
)
def test_an_address_that_makes_no_sense_is_the_first_page(client, rows, address):
    page = client.get(LIST, {"page": address}).context["page"]

    assert page.start_index == 1


def test_the_last_page_of_what_nobody_counted_has_no_numbers(client, rows, monkeypatch):
    monkeypatch.setattr(counting, "BOUND", 5)

    last = client.get(LIST, {"q": "example", "page": "last"})
    assert "the last 4 of more than 3" in last.text
    before = last.context["page"].previous
    page = client.get(LIST, {"q": "example", "page": str(before)})
    assert page.context["page"].start_index is None
    assert len(list(page.context["page"])) == 4


def test_few_answers_keep_numbered_pages(client, rows):
    page = client.get(LIST, {"q": rows[0].host}).context["page"]

    assert (page.number, page.paginator.count) == (1, 1)


def test_a_search_with_many_answers_counts_no_tabs(client, rows):
    response = client.get(LIST, {"q": "example"})

    assert {number for _, _, number in response.context["tabs"]} == {None, Count(3)}
    assert "more than 3" in response.text
    narrowed = client.get(LIST, {"q": "example", "status": "expiring"})
    assert len(list(narrowed.context["page"])) == 4
    assert str(narrowed.context["page"].count) == "more than 3"


def test_a_large_inventory_is_told_about(client, rows, monkeypatch):
    monkeypatch.setattr(counting, "size", None)
    monkeypatch.setattr(
        "certs.models.endpoint_questions.size",
        lambda *_, **__: Count(98_765, Certainty.ABOUT),
    )

    tabs = {c: n for c, _, n in client.get(LIST).context["tabs"]}

    assert str(tabs[""]) == "about 98,800"
    assert tabs["expiring"] == 9
    assert tabs["unchecked"] == 3
    assert tabs["ok"].short == "≈98,800"


def test_the_issuers_of_a_large_inventory_are_those_that_were_counted(
    client, rows, monkeypatch
):
    large = Count(98_765, Certainty.ABOUT)
    monkeypatch.setattr(figures, "size", lambda _: large)

    assert client.get(LIST).context["issuers"] == []  # nobody has counted yet
    figures.renew(now=timezone.now())
    assert client.get(LIST).context["issuers"] == ["Test Issuing CA"]


def test_a_position_says_which_row_is_the_next():
    cursor = paging.Cursor(
        way="after",
        part=0,
        position=4,
        value=(timezone.now() + timedelta(days=1)).isoformat(),
        key=make_endpoint().pk,
    )

    parts = [paging.Part(rows=Endpoint.objects.all(), column="not_after")]

    assert str(paging._cursor(str(cursor), parts)).startswith("after~0~4~")
