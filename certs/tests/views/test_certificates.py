import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from certs.models import Certificate
from certs.tests.factories import make_chain, make_user
from certs.tests.pki.seeds import seeds

pytestmark = pytest.mark.django_db
ADD = reverse("certs:certificate-add")


def test_an_uploaded_chain_is_kept(client):
    client.force_login(make_user("Editor"))
    file = SimpleUploadedFile("chain.der", b"".join(make_chain("www.example.org")))

    page = client.post(ADD, {"file": file}, follow=True)

    assert "2 certificates are in the inventory: www.example.org" in page.text
    assert Certificate.objects.count() == 2


def test_a_private_key_in_a_file_is_named_and_not_kept(client):
    client.force_login(make_user("Editor"))
    file = SimpleUploadedFile("store.p12", seeds()["pkcs12-open"])

    page = client.post(ADD, {"file": file}, follow=True)

    assert "1 certificate is in the inventory: a.test" in page.text
    assert "The input also holds a private key; it was not kept." in page.text


def test_what_is_no_certificate_keeps_the_text_and_writes_nothing(client):
    client.force_login(make_user("Editor"))

    page = client.post(ADD, {"pem": "Do not lose me"})

    assert "Do not lose me" in page.text
    assert page.context["form"].errors["pem"]
    assert not Certificate.objects.exists()


def test_a_viewer_adds_nothing(client):
    client.force_login(make_user("Viewer"))

    assert client.get(ADD).status_code == 403
