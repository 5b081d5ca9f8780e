import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from certs.forms import GRADES
from certs.models import Endpoint
from certs.services import watch
from certs.tests.factories import (
    answers,
    make_chain,
    make_checked,
    make_endpoint,
    make_root,
    make_store,
    make_team,
    make_user,
    refuses,
)

pytestmark = pytest.mark.django_db
LIST = reverse("certs:endpoints")


@pytest.fixture(autouse=True)
def viewer(client):
    user = make_user("Viewer")
    client.force_login(user)
    return user


def checked(host=None, *, days=90, **fields):
    return make_checked(host, days=days, now=timezone.now(), **fields)


def hosts(client, **asked):
    return [row.host for row in client.get(LIST, asked).context["page"]]


def test_the_list_begins_with_what_ends_first_and_unknown_comes_last(client):
    make_endpoint("unknown.example.org")
    checked("later.example.org", days=60)
    checked("soon.example.org", days=3)

    expected = ["soon.example.org", "later.example.org", "unknown.example.org"]
    assert hosts(client) == expected
    assert hosts(client, sort="-days") == [expected[1], expected[0], expected[2]]


@pytest.mark.parametrize("sort", ["host", "days", "issuer", "team", "checked"])
def test_every_column_sorts_both_ways(client, sort):
    checked("a.example.org", team=make_team("A"))
    checked("b.example.org", days=10, team=make_team("B"))

    there, back = hosts(client, sort=sort), hosts(client, sort=f"-{sort}")

    assert sorted(there) == sorted(back) == ["a.example.org", "b.example.org"]
    if sort in {"host", "team"}:
        assert there == back[::-1] == ["a.example.org", "b.example.org"]


def test_filters_narrow_the_list_together(client):
    web = make_team("Web")
    checked("a.example.org", team=web, environment="staging", tags=["x"])
    checked("b.example.org", team=web)
    checked("c.example.org", environment="staging")
    make_endpoint("d.example.org")

    assert hosts(client, team=web.pk) == ["a.example.org", "b.example.org"]
    assert hosts(client, environment="staging", team=web.pk) == ["a.example.org"]
    assert hosts(client, team="none") == ["c.example.org", "d.example.org"]
    assert hosts(client, tag="x") == ["a.example.org"]
    assert hosts(client, issuer="Test Issuing CA", q="b.ex") == ["b.example.org"]
    assert hosts(client, status="unchecked") == ["d.example.org"]


@pytest.mark.parametrize("grade", [code for code, _ in GRADES])
def test_every_grade_is_a_filter_and_shows_what_the_rows_say(client, grade):
    for code, _ in GRADES:
        row = checked()
        Endpoint.objects.filter(pk=row.pk).update(grade="" if code == "none" else code)
    ended = checked("ended.example.org", days=-1)
    Endpoint.objects.filter(pk=ended.pk).update(grade="A")

    page = client.get(LIST, {"grade": grade}).context["page"]

    now = timezone.now()
    wanted = {"" if grade == "none" else grade}
    assert {row.grade_at(now) for row in page} == wanted
    assert len(page) == (2 if grade == "T" else 1)


def test_a_week_holds_seven_days_of_the_viewer(client):
    today = timezone.localdate()
    checked("in.example.org", days=6)
    checked("out.example.org", days=7)

    assert hosts(client, week=today.isoformat()) == ["in.example.org"]


@pytest.mark.parametrize(
    "asked",
    [
        {"status": "nonsense"},
        {"sort": "password"},
        {"team": "nonsense"},
        {"environment": "'; drop"},
        {"page": "nonsense"},
        {"page": "-1"},
        {"week": "2026-99-99"},
        {"q": "x\x00y"},
        {"q": "x" * 10_000},
        {"tag": "<script>"},
    ],
)
def test_a_question_that_makes_no_sense_is_left_out(client, asked):
    make_endpoint("a.example.org")

    response = client.get(LIST, asked)

    assert response.status_code == 200
    assert [row.host for row in response.context["page"]] == ["a.example.org"]


def test_the_tabs_count_what_the_other_filters_leave(client):
    checked("a.example.org", days=3)
    checked("b.example.com", days=3)

    tabs = {code: n for code, _, n in client.get(LIST, {"q": "org"}).context["tabs"]}

    assert (tabs[""], tabs["attention"], tabs["critical"]) == (1, 1, 1)


def test_no_match_says_what_was_searched_and_how_to_get_back(client):
    make_endpoint()

    page = client.get(LIST, {"q": "<b>nowhere"}).text

    assert "&lt;b&gt;nowhere" in page
    assert "<b>nowhere" not in page
    assert "Clear" in page


def test_rows_come_in_pages(client):
    for _ in range(30):
        make_endpoint()

    assert len(hosts(client)) == 25
    assert len(hosts(client, page=2)) == 5
    assert len(hosts(client, page=99)) == 5


def test_for_htmx_only_the_rows_are_sent(client):
    make_endpoint("a.example.org")

    part = client.get(LIST, headers={"HX-Request": "true"})

    assert ".example.org" in part.text
    assert "<html" not in part.text
    assert "HX-Request" in part["Vary"]


@pytest.mark.parametrize("rows", [1, 50])
def test_the_list_takes_the_same_queries_however_long(
    client, rows, django_assert_num_queries
):
    for _ in range(rows):
        checked(team=make_team(), contacts=["ann@example.org"], tags=["x"])

    with django_assert_num_queries(LIST_QUERIES):
        client.get(LIST)


LIST_QUERIES = 11


def test_the_list_as_a_file_is_the_list_as_it_is_filtered(client):
    checked("a.example.org")
    make_endpoint("b.example.org")

    response = client.get(reverse("certs:endpoints-export"), {"status": "ok"})
    text = b"".join(response.streaming_content).decode()

    assert [row["host"] for row in csv.DictReader(StringIO(text))] == ["a.example.org"]
    assert "attachment" in response["Content-Disposition"]


def test_without_the_right_nothing_is_seen(client):
    client.force_login(make_user())
    endpoint = make_endpoint()

    for url in (LIST, reverse("certs:endpoints-export"), endpoint.get_absolute_url()):
        assert client.get(url).status_code == 403


def test_the_detail_page_shows_what_is_known(client):
    endpoint = checked(
        "www.example.org",
        days=5,
        team=make_team("Web"),
        contacts=["ann@example.org"],
        tags=["shop"],
        notes="Ask Ann first.",
    )

    page = client.get(endpoint.get_absolute_url()).text

    for text in ("www.example.org", "Critical", "Web", "ann@example.org", "shop"):
        assert text in page
    assert "Ask Ann first." in page
    assert "Check now" not in page  # a viewer only looks


def test_the_detail_page_of_what_was_never_checked_offers_a_check(client):
    client.force_login(make_user("Administrator"))

    page = client.get(make_endpoint().get_absolute_url()).text

    assert "No certificate seen yet" in page
    assert "Check now" in page


def test_chain_and_history_are_shown(client):
    endpoint = make_endpoint("www.example.org")
    make_store("Test", roots=[make_root()])
    now = timezone.now()
    chain = make_chain("www.example.org", now=now)
    for hours, probe in ((48, answers(chain)), (24, refuses), (0, answers(chain))):
        moment = now - timedelta(hours=hours)
        list(watch.observe([endpoint], now=moment, probe=probe))

    context = client.get(endpoint.get_absolute_url()).context

    assert [link.role for link in context["chain"]] == ["Leaf", "Intermediate"]
    assert len(context["history"]) == 3
    assert "unreachable" in [day.state for day in context["days"]]
    assert context["days"][-1].state == "ok"
    assert len(context["days"]) == 30
    assert context["names"]["match"] == "www.example.org"


def test_a_hostile_certificate_is_only_text(client):
    evil = "<script>alert(1)</script>"
    endpoint = make_endpoint("www.example.org")
    now = timezone.now()
    chain = make_chain(evil, now=now)
    list(watch.observe([endpoint], now=now, probe=answers(chain)))

    assert evil not in client.get(endpoint.get_absolute_url()).text
    assert evil not in client.get(LIST).text


def test_a_certificate_with_thousands_of_names_shows_some_and_counts_the_rest(client):
    endpoint = make_endpoint("www.example.org")
    now = timezone.now()
    names = [*(f"n{number}.example.org" for number in range(1500)), "www.example.org"]
    probe = answers(make_chain(*names, now=now))
    list(watch.observe([endpoint], now=now, probe=probe))

    shown = client.get(endpoint.get_absolute_url()).context["names"]

    assert shown["shown"][0] == "www.example.org"
    assert (len(shown["shown"]), shown["more"], shown["total"]) == (500, 1001, 1501)


def test_the_detail_page_takes_the_same_queries_however_long_the_history(
    client, django_assert_num_queries
):
    endpoint = make_endpoint()
    now = timezone.now()
    chains = [make_chain(endpoint.host, now=now) for _ in range(2)]

    def check(hours):
        for hour in hours:
            probe = answers(chains[hour % 2])
            moment = now - timedelta(hours=hour)
            list(watch.observe([endpoint], now=moment, probe=probe))

    check([40])
    with django_assert_num_queries(DETAIL_QUERIES):
        client.get(endpoint.get_absolute_url())
    check(range(30, 0, -1))
    with django_assert_num_queries(DETAIL_QUERIES):
        client.get(endpoint.get_absolute_url())


DETAIL_QUERIES = 35


def test_what_is_not_there_is_not_found(client):
    url = reverse("certs:endpoint", args=["00000000-0000-7000-8000-000000000000"])

    assert client.get(url).status_code == 404
    assert Endpoint.objects.count() == 0
    assert User.objects.count() == 1
