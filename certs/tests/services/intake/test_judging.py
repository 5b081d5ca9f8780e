"""What is to become of rows."""

import pytest

from accounts.models import Team
from certs.models import Endpoint
from certs.services.intake.verdicts import LONGEST, Outcome
from certs.tests.factories import make_endpoint, make_team, make_user
from certs.tests.services.intake.files import judged

pytestmark = pytest.mark.django_db


@pytest.fixture
def web():
    return make_team("Web")


@pytest.fixture
def editor(web):
    return make_user("Editor", teams=[web])


def outcomes(verdicts):
    return [verdict.outcome.value for verdict in verdicts]


def test_judging_writes_nothing(editor):
    judged(
        "host,team,contacts,tags", "a.example.org,Web,ann@example.org,x", user=editor
    )

    assert not Endpoint.objects.exists()


def test_an_editor_puts_endpoints_into_own_teams_alone(editor, web):
    make_team("Mail")

    verdicts = judged(
        "host,team", "a,web", "b,WEB", "c,Mail", "d,Moon", "e,", user=editor
    )

    assert [verdict.problem for verdict in verdicts] == [
        "",
        "",
        "Line 4: team: You are not in the team “Mail”.",
        "Line 5: team: There is no team “Moon”.",
        "Line 6: team: Name one of your teams.",
    ]
    assert verdicts[0].endpoint.team == web


def test_rows_without_a_team_get_the_one_chosen_for_them(editor, web):
    (verdict,) = judged("host", "a.example.org", user=editor, team=web)

    assert verdict.endpoint.team == web


def test_a_team_chosen_is_held_to_the_same_rule(editor):
    (foreign,) = judged("host", "a", user=editor, team=make_team("Mail"))
    gone = make_team()
    key = gone.pk
    gone.delete()
    gone.pk = key
    (missing,) = judged("host", "a", user=editor, team=gone)

    assert foreign.problem == "Line 2: team: You are not in the team “Mail”."
    assert missing.problem == "Line 2: team: The team for rows without one is gone."


def test_an_administrator_needs_no_team_and_a_name_must_be_one_teams():
    Team.objects.create(name="Twice", slug="one")
    Team.objects.create(name="twice", slug="two")
    verdicts = judged(
        "host,team", "a,", "b,Twice", "c,two", user=make_user("Administrator")
    )

    assert [verdict.problem for verdict in verdicts] == [
        "",
        "Line 3: team: Several teams are called “Twice”; give its slug.",
        "",
    ]


def test_what_is_there_is_left_as_it_is():
    make_endpoint("a.example.org", notes="mine")
    make_endpoint("b.example.org", port=8443)

    verdicts = judged("host,notes", "A.example.org,theirs", "b.example.org,x")

    assert outcomes(verdicts) == ["left", "new"]


def test_an_update_is_what_the_file_says_and_an_empty_cell_says_nothing(web):
    make_endpoint(
        "a.example.org", notes="old", team=web, contacts=["ann@example.org"], tags=["x"]
    )

    (verdict,) = judged(
        "host,notes,team,contacts,tags", "a.example.org,new,,,y", update=True
    )

    assert verdict.outcome == Outcome.CHANGED
    assert verdict.changes == {"notes": "new"}
    assert (verdict.contacts, verdict.tags) == (None, ["y"])


def test_nothing_to_update_leaves_an_endpoint(web):
    make_endpoint("a.example.org", team=web, contacts=["ann@example.org"], tags=["x"])

    verdicts = judged(
        "host,team,contacts,tags,environment",
        "a.example.org,Web,ann@example.org,x,Production",
        update=True,
    )

    assert outcomes(verdicts) == ["left"]


def test_an_endpoint_of_another_team_is_not_updated(editor):
    make_endpoint("a.example.org", team=make_team("Mail"))
    rows = ("host,notes", "a.example.org,mine now")

    (refused,) = judged(*rows, user=editor, update=True)
    (left,) = judged(*rows, user=editor)

    said = "Line 2: It is there already, and you may not change it."
    assert refused.problem == said
    assert left.outcome == Outcome.LEFT


def test_the_second_of_the_same_is_told_where_the_first_is():
    verdicts = judged(
        "host,port", "a.example.org,443", "x y,", "https://A.example.org,"
    )

    assert outcomes(verdicts) == ["new", "wrong", "wrong"]
    assert verdicts[2].problem == "Line 4: The same endpoint is in line 2 already."


def test_cells_without_a_heading_are_wrong():
    (verdict,) = judged("host,notes", "a.example.org,one, two")

    assert verdict.problem.startswith("Line 2: It has more cells than")


def test_sentences_are_bounded():
    (verdict,) = judged("host,tags", f"a.example.org,{'ä ' * 20}{'x' * 900}")

    assert len(verdict.problem) <= LONGEST


@pytest.mark.parametrize("rows", [1, 5])  # same count for both: no N+1
def test_queries_do_not_grow_with_the_rows(rows, editor, django_assert_num_queries):
    for number in range(rows):
        make_endpoint(f"old{number}.example.org", team=editor.teams.get())
    lines = [
        f"{kind}{number}.example.org,web,ann@example.org,x,new"
        for kind in ("old", "new")
        for number in range(rows)
    ]
    assert editor.has_perm("certs.change_endpoint")  # asked once for a person

    with django_assert_num_queries(8):
        verdicts = judged(
            "host,team,contacts,tags,notes", *lines, user=editor, update=True
        )

    assert outcomes(verdicts) == ["changed"] * rows + ["new"] * rows
