import pytest

from accounts.models import User
from accounts.roles import Role
from accounts.services import enrolment, people, roster
from accounts.services.enrolment import Fate
from accounts.tests.factories import make_team, make_user

pytestmark = pytest.mark.django_db
HEAD = "username,name,mail,role,teams,active"


@pytest.fixture
def administrator():
    return make_user("Administrator")


def table(*rows, head=HEAD):
    return "\n".join([head, *rows])


def judged(text, by):
    return [(row.fate, row.reason) for row in enrolment.plan(text, by=by).rows]


def write(text, by):
    return enrolment.write(text, by=by, digest=enrolment.plan(text, by=by).digest)


def test_a_row_is_new_changed_or_unchanged_and_says_what_changes(administrator):
    team = make_team("Web")
    user = make_user("Viewer", username="bo", email="bo@example.org", teams=[team])
    same = make_user("Editor", username="cy", email="cy@example.org")
    text = table(
        "ann,Ann,ann@example.org,Editor,web,yes",
        "bo,Bo,bo2@example.org,editor,,no",
        "cy,,cy@example.org,Editor,,yes",
    )

    assert judged(text, administrator) == [
        (Fate.NEW, ""),
        (Fate.CHANGED, "name, mail, role: Viewer → Editor, teams, deactivated"),
        (Fate.UNCHANGED, ""),
    ]
    write(text, administrator)

    ann = User.objects.get(username="ann")
    assert ann.roles() == [Role.EDITOR]
    assert list(ann.teams.all()) == [team]
    assert not ann.has_usable_password()
    user.refresh_from_db()
    assert (user.display_name, user.email) == ("Bo", "bo2@example.org")
    assert not user.is_active
    assert not user.teams.exists()
    assert User.objects.get(pk=same.pk).roles() == [Role.EDITOR]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("ann,,ann@example.org,Boss,,", "The role has to be one of"),
        ("ann,,ann@example.org,Viewer,nowhere,", "There is no team “nowhere”"),
        ("ann,,taken@example.org,Viewer,,", "Somebody else has this address"),
        ("ann,,nonsense,Viewer,,", "valid email"),
        ("two words,,ann@example.org,Viewer,,", "valid username"),
        (",,ann@example.org,Viewer,,", "cannot be blank"),
        ("ann,,ann@example.org,Viewer,,maybe", "has to be yes or no"),
        ("ann,ann@example.org", "not as many cells"),
        (f"ann,{'x' * 101},ann@example.org,Viewer,,", "at most 100"),
        ("root,,root@example.org,Viewer,,no", "Only who ranks as high"),
    ],
)
def test_a_row_that_cannot_be_written_says_why_and_is_left_out(
    administrator, row, reason
):
    make_user(email="taken@example.org")
    make_user(username="root", email="root@example.org", is_superuser=True)
    text = table(row, "fine,,fine@example.org,Viewer,,")

    (fate, told), (other, _) = judged(text, administrator)
    assert fate == Fate.ERROR
    assert reason in told
    assert other == Fate.NEW
    before = set(User.objects.values_list("username", "email", "is_active"))
    write(text, administrator)

    after = set(User.objects.values_list("username", "email", "is_active"))
    assert after - before == {("fine", "fine@example.org", True)}


def test_two_rows_for_one_person_are_one_too_many(administrator):
    text = table("ann,,a@example.org,Viewer,,", "ann,,b@example.org,Viewer,,")

    assert [fate for fate, _ in judged(text, administrator)] == [Fate.NEW, Fate.ERROR]


def test_a_file_makes_no_superuser_whatever_its_columns(administrator):
    text = table(
        "ann,ann@example.org,Viewer,1,1,hash,Administrator",
        head="username,mail,role,is_superuser,is_staff,password,groups",
    )

    write(text, administrator)

    ann = User.objects.get(username="ann")
    assert not ann.is_superuser
    assert not ann.is_staff
    assert not ann.has_usable_password()
    assert ann.roles() == [Role.VIEWER]


def test_nobody_gives_more_by_a_file_than_by_hand(administrator):
    helper = make_user("Editor")

    assert judged(table("ann,,a@example.org,Administrator,,"), helper) == [
        (Fate.ERROR, "You cannot give a role beyond your own.")
    ]


def test_the_last_administrator_is_kept_and_nothing_is_written(administrator):
    text = table(
        "ann,,ann@example.org,Viewer,,",
        f"{administrator.username},,{administrator.email},Viewer,,",
    )

    with pytest.raises(people.LastAdministratorError):
        write(text, administrator)

    assert not User.objects.filter(username="ann").exists()


def test_administrators_can_change_places_in_one_file(administrator):
    text = table(
        f"{administrator.username},,{administrator.email},Viewer,,",
        "ann,,ann@example.org,Administrator,,",
    )

    write(text, administrator)

    assert administrator.roles() == [Role.VIEWER]


def test_what_was_not_shown_is_not_written(administrator):
    text = table("ann,,ann@example.org,Viewer,,")
    digest = enrolment.plan(text, by=administrator).digest
    make_user(username="ann", email="ann@example.org")

    with pytest.raises(enrolment.ChangedMeanwhileError):
        enrolment.write(text, by=administrator, digest=digest)


def test_semicolons_marks_and_line_ends_of_spreadsheets_are_read(administrator):
    data = "\ufeffUsername;Mail;Role\r\nann;ann@example.org;viewer\r\n\r\n".encode()

    plan = enrolment.plan(enrolment.decode(data), by=administrator)

    assert [row.fate for row in plan.rows] == [Fate.NEW]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "username,mail\nann,a@example.org",
        "username,mail,role,role\n",
        "username,mail,role\n" + "a,b,c\n" * (enrolment.MOST_ROWS + 1),
        'username,mail,role\n"' + "x" * 200_000,
    ],
)
def test_what_is_no_table_of_people_is_refused_whole(administrator, text):
    with pytest.raises(enrolment.UnreadableError):
        enrolment.plan(text, by=administrator)


@pytest.mark.parametrize("data", [b"\xff\xfeu\x00", b"username\x00"])
def test_bytes_that_are_no_text_are_refused(data):
    with pytest.raises(enrolment.UnreadableError):
        enrolment.decode(data)


def test_what_is_exported_changes_nothing_when_it_is_imported(administrator):
    make_user("Editor", username="+ann", teams=[make_team("A"), make_team("B")])
    make_user("Viewer", display_name="=1+1", is_active=False)
    make_user("Editor", is_superuser=True)
    text = "".join(roster.csv_lines(User.objects.all()))

    assert "'+ann" in text
    assert "'=1+1" in text
    assert {fate for fate, _ in judged(text, administrator)} == {Fate.UNCHANGED}


def test_an_export_has_no_secret(administrator):
    text = "".join(roster.csv_lines(User.objects.all()))

    assert text.splitlines()[0] == ",".join(roster.COLUMNS)
    assert administrator.password not in text


def test_the_template_is_a_file_that_can_be_read(administrator):
    make_team("web-team")

    assert judged(roster.template(), administrator) == [(Fate.NEW, "")]


@pytest.mark.parametrize("rows", [1, 50])
def test_a_preview_takes_the_same_queries_however_long(
    administrator, rows, django_assert_num_queries
):
    team = make_team()
    for number in range(rows):
        make_user("Viewer", username=f"old{number}", teams=[team])
    old = [f"old{n},,o{n}@example.org,Editor,{team.slug},no" for n in range(rows)]
    new = [f"new{n},,n{n}@example.org,Editor,{team.slug},no" for n in range(rows)]

    with django_assert_num_queries(10):
        enrolment.plan(table(*old, *new), by=administrator)
