import pytest
from auditlog.context import disable_auditlog
from django.contrib.auth import authenticate
from django.contrib.auth.models import Group
from django.db import transaction
from django.urls import reverse

from accounts import origin
from accounts.models import Change, Team
from accounts.roles import Role
from accounts.services import changes, people
from accounts.tests.factories import PASSWORD, make_team, make_user, sign_in
from accounts.values import MASK

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noticed")]


def entries():
    """Action, record and fields of each entry, the oldest first."""
    rows = Change.objects.order_by("id")
    return [(row.action, row.object_text, row.changes) for row in rows]


@pytest.fixture
def user():
    with disable_auditlog():
        return make_user("Viewer", username="ann", display_name="Ann")


@pytest.fixture
def team():
    with disable_auditlog():
        return make_team("Ops")


def test_what_is_added_is_kept_field_by_field():
    make_team("Ops")

    assert entries() == [
        ("create", "Ops", {"name": [None, "Ops"], "slug": [None, "ops"]})
    ]


def test_what_is_changed_is_kept_as_before_and_after(team):
    team.name = "Operations"
    team.save()

    assert entries() == [("update", "Operations", {"name": ["Ops", "Operations"]})]


def test_a_save_that_changes_nothing_is_no_entry(team):
    team.save()

    assert entries() == []


def test_equal_lists_of_another_kind_are_no_change(team):
    log = Change.objects
    log.log_create(team, action="update", changes={"slug": ((), [])})

    assert entries() == []


def test_a_moment_without_its_microseconds_is_the_same_moment(user):
    log = Change.objects
    pair = ("2026-11-21 17:03:11.006000", "2026-11-21 17:03:11.006101")
    log.log_create(user, action="update", changes={"date_joined": pair})

    assert entries() == []


def test_what_is_deleted_is_kept_as_it_was(team):
    key = team.pk
    team.delete()

    assert entries() == [
        ("delete", "Ops", {"name": ["Ops", None], "slug": ["ops", None]})
    ]
    assert Change.objects.get().object_key == str(key)


def test_what_is_undone_leaves_no_entry(team):
    with transaction.atomic():
        team.name = "Operations"
        team.save()
        transaction.set_rollback(True)

    assert entries() == []


@pytest.mark.parametrize("from_the_team", [True, False])
def test_who_joins_a_team_is_told_on_both_records(user, team, from_the_team):
    if from_the_team:
        team.members.add(user)
    else:
        user.teams.add(team)

    assert sorted(entries(), key=lambda entry: entry[1]) == [
        ("update", "Ann", {"teams": {"added": ["Ops"]}}),
        ("update", "Ops", {"members": {"added": ["Ann"]}}),
    ]


def test_another_role_is_what_went_and_what_came(user, team):
    people.save_user(make_boss(), role=Role.ADMINISTRATOR, teams=[])
    Change.objects.all().prune()

    people.save_user(user, role=Role.EDITOR, teams=[team])

    assert ("update", "Ann", {"groups": {"added": ["Editor"]}}) in entries()
    assert ("update", "Ann", {"groups": {"removed": ["Viewer"]}}) in entries()
    assert ("update", "Ann", {"is_staff": [False, True]}) in entries()
    assert ("update", "Ann", {"teams": {"added": ["Ops"]}}) in entries()


def make_boss():
    return make_user("Administrator", username="boss")


def test_a_relation_that_is_cleared_says_so(user):
    user.groups.clear()

    assert entries() == [("update", "Ann", {"groups": {"removed": ["all"]}})]


def test_the_rights_of_a_role_are_kept():
    group = Group.objects.create(name="Guest")
    group.permissions.add(Group.objects.get(name="Viewer").permissions.all()[0])

    assert [entry[0] for entry in entries()] == ["create", "update"]


def test_a_password_is_never_kept(user):
    user.set_password("another long enough one")
    user.save()

    assert entries() == [("update", "Ann", {"password": [MASK, MASK]})]


def test_the_password_of_a_new_account_is_never_kept():
    user = make_user("Viewer", username="ben")

    assert entries()[0][2]["password"] == [None, MASK]
    assert user.password not in str(entries())


def test_rows_of_one_statement_are_told_by_who_writes_them():
    rows = Team.objects.bulk_create(Team(name=name, slug=name) for name in "abc")
    changes.record_rows(changes.Action.CREATE, rows)

    assert [entry[1] for entry in entries()] == ["a", "b", "c"]
    assert entries()[0][2] == {"name": [None, "a"], "slug": [None, "a"]}


def test_an_update_of_many_tells_of_those_that_change(team):
    with disable_auditlog():
        other = make_team("Other")
    rows = Team.objects.all()

    changes.record_update(rows, {"name": "Ops"})

    assert entries() == [("update", str(other), {"name": ["Other", "Ops"]})]


@pytest.mark.parametrize("teams", [1, 5])  # two statements a save, one for the entries
def test_entries_that_are_gathered_are_one_statement(teams, django_assert_num_queries):
    with disable_auditlog():
        rows = [make_team() for _ in range(teams)]

    with transaction.atomic(), django_assert_num_queries(2 * teams + 1):
        _rename_all(rows)

    assert len(entries()) == teams


def _rename_all(rows):
    with changes.gathered():
        for row in rows:
            row.name += "!"
            row.save()


def test_nothing_is_noticed_where_nobody_changes_anything():
    with changes.unnoticed():
        make_team()

    assert entries() == []


def test_a_person_who_changes_something_is_named_with_everything(client, user):
    with disable_auditlog():
        user.groups.set([Group.objects.get(name="Administrator")])
    sign_in(client, user)

    response = client.post(
        reverse("accounts:user-add"),
        {
            "username": "cleo",
            "email": "cleo@example.org",
            "role": "Viewer",
            "password1": "a very long password",
            "password2": "a very long password",
        },
        REMOTE_ADDR="192.0.2.7",
    )

    made = Change.objects.filter(object_text="cleo")
    assert len(made) == 2  # the account, and the role
    assert {entry.request_id for entry in made} == {response.headers["X-Request-ID"]}
    assert {entry.actor for entry in made} == {user.pk}
    assert {entry.actor_name for entry in made} == {"Ann (ann)"}
    assert {entry.address for entry in made} == {"192.0.2.7"}
    assert {entry.channel for entry in made} == {"page"}


def test_a_sign_in_and_a_sign_out_are_entries(client, user):
    client.force_login(user)
    client.logout()

    assert [(e.action, e.actor) for e in Change.objects.order_by("id")] == [
        ("sign-in", user.pk),
        ("sign-out", user.pk),
    ]


@pytest.mark.parametrize("name", ["ann", "user@example.org"])
def test_a_refused_sign_in_names_the_account(rf, user, name):
    with disable_auditlog():
        user.email = "user@example.org"
        user.save()
    login = "email" if "@" in name else "username"

    assert authenticate(rf.post("/"), **{login: name, "password": "wrong"}) is None

    assert entries() == [("refusal", "Ann", {})]


def test_what_was_typed_for_an_unknown_name_is_not_kept(rf):
    authenticate(rf.post("/"), username="my secret password", password=PASSWORD)

    assert entries() == [("refusal", "no account of ours", {})]
    assert Change.objects.get().object_key == ""


def test_a_command_is_named_with_who_ran_it_on_the_machine():
    with origin.by_command():
        make_team("Ops")

    entry = Change.objects.get()
    assert entry.channel == "command"
    assert entry.actor_name
    assert len(entry.request_id) == 32


def test_an_import_counts_as_one_whoever_asked():
    with origin.come_from(origin.Origin(request_id="abc")), origin.by_import():
        make_team("Ops")

    entry = Change.objects.get()
    assert (entry.channel, entry.request_id) == ("import", "abc")
