import pytest
from django.urls import reverse
from django.utils import timezone

from certs.models import Duty, Worker
from certs.tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _work():
    now = timezone.now()
    Duty.objects.create(name="deep-checks", finished_at=now, numbers={"checked": 12})
    Duty.objects.create(name="of-another-version")
    Worker.objects.create(
        name="worker@here:1", kind="worker", started_at=now, seen_at=now
    )


@pytest.mark.parametrize("model", ["duty", "worker"])
def test_administrators_look_at_it_and_nobody_changes_it(client, model):
    client.force_login(make_user(is_superuser=True, is_staff=True))
    page = client.get(reverse(f"admin:certs_{model}_changelist"))

    assert page.status_code == 200
    row = page.context["cl"].result_list[0]
    change = reverse(f"admin:certs_{model}_change", args=[row.pk])
    assert 'name="_save"' not in client.get(change).text
    assert client.post(change, {}).status_code == 403


def test_a_duty_says_what_was_done(client):
    client.force_login(make_user("Administrator"))

    text = client.get(reverse("admin:certs_duty_changelist")).text

    assert "Deep checks" in text
    assert "checked: 12" in text


def test_editors_do_not_see_it(client):
    client.force_login(make_user("Editor"))

    assert client.get(reverse("admin:certs_duty_changelist")).status_code == 403
