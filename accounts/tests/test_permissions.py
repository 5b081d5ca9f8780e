import pytest

from accounts import permissions
from accounts.models import Team
from accounts.roles import Role
from accounts.tests.factories import make_team, make_user

pytestmark = pytest.mark.django_db


def test_an_editor_acts_for_their_own_teams_and_not_for_what_has_none():
    mine, theirs = make_team(), make_team()
    editor = make_user("Editor", teams=[mine])

    assert permissions.may_change(editor, mine.pk)
    assert not permissions.may_change(editor, theirs.pk)
    assert not permissions.may_change(editor, None)
    assert list(permissions.teams(editor)) == [mine]


def test_an_administrator_acts_for_every_team_and_for_none():
    team = make_team()
    administrator = make_user("Administrator")

    assert permissions.may_change(administrator, team.pk)
    assert permissions.may_change(administrator, None)
    assert list(permissions.teams(administrator)) == [team]


def test_the_deactivated_have_no_rights_at_all():
    team = make_team()
    gone = make_user("Administrator", teams=[team], is_active=False)

    assert not permissions.acts_for_every_team(gone)
    assert not permissions.has_right(gone, "change", Team)
    assert not permissions.may_change_account(gone, make_user())


def test_superusers_rank_above_administrators_and_these_above_editors():
    users = [
        make_user(),
        make_user("Viewer"),
        make_user("Editor"),
        make_user("Administrator"),
        make_user("Viewer", is_superuser=True),
    ]

    assert [permissions.rank(user) for user in users] == [0, 1, 2, 3, 4]


def test_nobody_gives_a_role_beyond_their_own():
    editor, administrator = make_user("Editor"), make_user("Administrator")

    assert permissions.may_give(editor, Role.EDITOR)
    assert not permissions.may_give(editor, Role.ADMINISTRATOR)
    assert permissions.may_give(administrator, Role.ADMINISTRATOR)


def test_nobody_changes_an_account_above_their_own():
    administrator, root = make_user("Administrator"), make_user(is_superuser=True)

    assert permissions.may_change_account(administrator, make_user("Administrator"))
    assert not permissions.may_change_account(administrator, root)
    assert permissions.may_change_account(root, administrator)
