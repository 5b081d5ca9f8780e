import pytest
from django.db import transaction

from accounts.models import Change
from accounts.models.sealing import ROUND, seal
from accounts.services import trail
from accounts.tests.factories import make_team

pytestmark = pytest.mark.usefixtures("noticed")


@pytest.mark.django_db(transaction=True)
def test_entries_are_sealed_once_they_are_committed():
    with transaction.atomic():
        team = make_team("Ops")
        team.members.clear()
        assert Change.objects.waiting().count() == 2

    assert [entry.number for entry in Change.objects.sealed()] == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_what_a_crash_has_left_goes_before_what_comes(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(
            "accounts.models.sealing.transaction.on_commit", lambda *_, **__: None
        )
        make_team("First")
    make_team("Second")

    assert [e.object_text for e in Change.objects.sealed()] == ["First", "Second"]


@pytest.mark.django_db
def test_more_than_one_round_is_sealed():
    Change.objects.keep(
        Change.objects.entry("sign-in", model="accounts.user")
        for _ in range(2 * ROUND + 1)
    )

    seal()

    assert trail.verify().count == 2 * ROUND + 1
