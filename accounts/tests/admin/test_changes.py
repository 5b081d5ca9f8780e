from datetime import timedelta

import pytest
from auditlog.context import disable_auditlog
from django.urls import reverse
from django.utils import timezone

from accounts import identifiers
from accounts.models import Change
from accounts.tests.factories import make_team, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noticed")]
LIST = reverse("admin:accounts_change_changelist")


@pytest.fixture
def administrator(client):
    with disable_auditlog():
        client.force_login(make_user("Administrator", display_name="Ann"))
    Change.objects.all().prune()
    return client


def test_the_list_says_who_did_what_and_how_it_was_before(administrator):
    team = make_team("Ops")
    team.name = "<b>Operations</b>"
    team.save()

    text = administrator.get(LIST).text

    assert "Ops <span" in text
    assert "&lt;b&gt;Operations&lt;/b&gt;" in text
    assert "<b>Operations" not in text
    assert reverse("admin:accounts_team_change", args=[team.pk]) in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=Alpha", 1),
        ("q=ALP", 1),
        ("q=nothing", 0),
        ("q=request-1", 3),
        ("q=192.0.2.9", 3),
        ("q=Someone Else", 3),
        ("action=update", 1),
        ("channel=import", 0),
        ("model=accounts.team", 2),
        ("model=accounts.user", 1),
        ("days=1", 3),
        ("days=nonsense", 3),
    ],
)
def test_entries_are_searched_and_filtered(administrator, query, found):
    log = Change.objects
    facts = {"request_id": "request-1", "address": "192.0.2.9"}
    with disable_auditlog():
        someone = make_user(username="else", display_name="Someone Else")
        alpha, beta = make_team("Alpha"), make_team("Beta")
    for action, about in (("create", alpha), ("update", beta), ("sign-in", someone)):
        entry = log.entry(action, about=about, actor=someone)
        for name, value in facts.items():
            setattr(entry, name, value)
        log.keep([entry])

    response = administrator.get(f"{LIST}?{query}")

    assert response.context["cl"].result_count == found


def test_the_filter_by_time_leaves_out_what_is_older(administrator):
    make_team("Old")
    long_ago = identifiers.earliest(timezone.now() - timedelta(days=40))
    Change.objects.update(id=long_ago)
    make_team("New")

    def shown(days):
        return administrator.get(f"{LIST}?days={days}").context["cl"].result_count

    assert (shown(30), shown(90)) == (1, 2)


@pytest.mark.parametrize("entries", [1, 5])  # the same number for both
def test_the_list_asks_the_same_number_of_questions(
    administrator, entries, django_assert_num_queries
):
    for number in range(entries):
        make_team(f"T{number}")
    administrator.get(LIST)

    with django_assert_num_queries(6):
        administrator.get(LIST)


def test_nobody_writes_in_the_log_not_even_a_superuser(client):
    client.force_login(make_user(is_superuser=True, is_staff=True))
    make_team()
    entry = Change.objects.order_by("-id")[0]
    there = Change.objects.count()
    for name, arguments in (("add", []), ("delete", [entry.pk])):
        url = reverse(f"admin:accounts_change_{name}", args=arguments)
        assert client.get(url).status_code == 403
        assert client.post(url, {"post": "yes"}).status_code == 403
    page = reverse("admin:accounts_change_change", args=[entry.pk])

    assert client.get(page).status_code == 200
    assert client.post(page, {"actor_name": "x"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [str(entry.pk)]}
    client.post(LIST, chosen)
    assert Change.objects.count() == there
    assert Change.objects.get(pk=entry.pk).actor_name != "x"


@pytest.mark.parametrize(
    ("role", "status"), [("Viewer", 302), ("Editor", 403), ("Administrator", 200)]
)
def test_administrators_alone_read_it(client, role, status):
    client.force_login(make_user(role))

    assert client.get(LIST).status_code in {status, 403 if status == 302 else status}


def test_the_history_of_a_record_is_what_the_log_says(administrator):
    team = make_team("Ops")

    url = reverse("admin:accounts_team_history", args=[team.pk])

    assert "<b>Added</b>" in administrator.get(url).text


def test_an_entry_about_what_is_no_more_is_shown(administrator):
    entry = Change.objects.entry(
        "create",
        model="gone.thing",
        changes={"size": [None, 3], "is_big": [None, True]},
    )
    Change.objects.keep([entry])

    text = administrator.get(
        reverse("admin:accounts_change_change", args=[entry.pk])
    ).text

    assert "gone.thing" in text
    assert "Is big" in text
