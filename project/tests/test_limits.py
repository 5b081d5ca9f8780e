"""What is too large is refused before it is read."""

import tempfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from accounts.tests.factories import make_user
from project.limits import BodyLimitMiddleware

pytestmark = pytest.mark.django_db
ADD = reverse("certs:certificate-add")
MEGABYTE = 1024 * 1024


class Untouched:
    """A body that must not be read."""

    def read(self, *_):
        raise AssertionError

    readline = read


@pytest.mark.parametrize(("size", "status"), [(0, 200), (1, 413), (10**12, 413)])
def test_a_body_over_the_limit_is_not_even_read(client, settings, size, status):
    request = {
        "CONTENT_LENGTH": str(settings.BODY_LIMIT + size if size else 5),
        "wsgi.input": Untouched(),
    }

    response = client.get(reverse("account_login"), **request)

    assert response.status_code == status
    if status == 413:
        assert "A request may carry 10 MB at most" in response.text
        assert "ui/app.css" in response.text


def test_a_length_that_is_none_is_for_others_to_judge():
    request = RequestFactory().get("/", CONTENT_LENGTH="many")

    assert BodyLimitMiddleware(lambda _: HttpResponse("yes"))(request).text == "yes"


def test_a_file_over_the_limit_is_refused_with_a_page(client, settings):
    client.force_login(make_user("Editor"))
    file = SimpleUploadedFile("big.pem", b"x" * (settings.BODY_LIMIT + 1))

    response = client.post(ADD, {"file": file})

    assert response.status_code == 413


def test_fields_over_django_s_own_limit_get_the_same_page(client, settings):
    client.force_login(make_user("Viewer"))
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    response = client.post(reverse("accounts:profile"), {"display_name": "x" * 200})

    assert response.status_code == 413


@pytest.mark.parametrize("kind", ["fields", "files"])
def test_too_many_of_them_is_a_bad_request(client, settings, kind):
    client.force_login(make_user("Viewer"))
    numbers = range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)
    data = {
        "fields": {f"field{n}": "" for n in numbers},
        "files": {f"f{n}": SimpleUploadedFile("a", b"a") for n in range(21)},
    }[kind]

    response = client.post(reverse("accounts:profile"), data)

    assert response.status_code == 400
    assert "ui/app.css" in response.text


def test_no_upload_is_written_to_a_temporary_folder(
    client, tmp_path, monkeypatch, settings
):
    """It may hold a private key."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "nowhere")
    client.force_login(make_user("Editor"))
    file = SimpleUploadedFile("big.pem", b"x" * (5 * MEGABYTE))

    response = client.post(ADD, {"file": file})

    assert response.status_code == 200
    assert list(Path(tmp_path).iterdir()) == []
