import pytest
from django.db import OperationalError
from django.urls import reverse

HEALTH = reverse("healthz")


@pytest.mark.django_db
def test_a_load_balancer_is_told_that_all_is_well_without_signing_in(client):
    response = client.get(HEALTH)

    assert (response.status_code, response.text) == (200, "ok\n")
    assert "no-store" in response["Cache-Control"]
    assert client.post(HEALTH).status_code == 405


def test_without_its_database_the_site_is_not_well(client, monkeypatch):
    def refuse():
        raise OperationalError

    monkeypatch.setattr("project.views.connection.ensure_connection", refuse)

    assert client.get(HEALTH).status_code == 503
