import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import User
from accounts.services import enrolment
from accounts.tests.factories import make_user, sign_in

pytestmark = pytest.mark.django_db
IMPORT = reverse("accounts:users-import")
TEXT = "username,name,mail,role\nann,Ann <b>,ann@example.org,Viewer\nbad,,x,Viewer\n"


@pytest.fixture
def administrator(client):
    user = make_user("Administrator")
    sign_in(client, user)
    return user


def send(client, data):
    file = SimpleUploadedFile("users.csv", data, content_type="text/csv")
    return client.post(IMPORT, {"file": file})


@pytest.mark.parametrize("role", ["Viewer", "Editor"])
def test_administrators_alone_import_and_export(client, role):
    sign_in(client, make_user(role))

    for name in ("users-import", "users-template", "users-export"):
        assert client.get(reverse(f"accounts:{name}")).status_code == 403
    assert client.post(IMPORT, {"text": TEXT}).status_code == 403


def test_a_file_is_shown_first_and_written_when_agreed_to(client, administrator):
    shown = send(client, TEXT.encode())

    assert "Import 1 row, skip 1 with errors" in shown.text
    assert "valid email address" in shown.text
    assert not User.objects.filter(username="ann").exists()
    kept = TEXT.replace("<", "&lt;").replace(">", "&gt;")
    assert f'<input type="hidden" name="text" value="{kept}">' in shown.text
    data = {"text": TEXT.replace("\n", "\r\n"), "digest": shown.context["plan"].digest}
    page = client.post(IMPORT, data, follow=True).text
    assert "1 added, 0 changed, 1 left out" in page
    assert User.objects.get(username="ann").display_name == "Ann <b>"


def test_what_was_not_shown_is_shown_again_and_not_written(client, administrator):
    page = client.post(IMPORT, {"text": TEXT, "digest": "0"}).text

    assert "Nothing was written" in page
    assert "Import 1 row" in page
    assert not User.objects.filter(username="ann").exists()


def test_the_last_administrator_is_kept(client, administrator):
    text = (
        f"username,mail,role\n{administrator.username},{administrator.email},Viewer\n"
    )
    digest = enrolment.plan(text, by=administrator).digest

    assert (
        "last administrator"
        in client.post(IMPORT, {"text": text, "digest": digest}).text
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"name\nann", "The first line has to name"),
        (b"", "empty"),
        (b"x" * (enrolment.MOST_BYTES + 1), "larger than 1 MB"),
    ],
)
def test_a_file_that_is_no_table_is_refused(client, administrator, data, reason):
    assert reason in send(client, data).text


def test_text_that_is_no_table_leads_back(client, administrator):
    page = client.post(IMPORT, {"text": "x", "digest": ""}, follow=True).text

    assert "The first line has to name" in page


def test_the_example_file_is_offered(client, administrator):
    assert reverse("accounts:users-template") in client.get(IMPORT).text
    template = client.get(reverse("accounts:users-template"))
    assert template["Content-Disposition"].startswith("attachment")
    assert template.text.startswith("username,")
