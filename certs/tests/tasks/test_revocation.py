from datetime import timedelta

import pytest
from django.utils import timezone

from certs.models import Duty, Letter, RevocationList
from certs.tasks import revocation
from certs.tests.factories import authority, make_root, make_store, make_user
from certs.tests.pki.crls import make_crl
from certs.tests.pki.errands.sending import LOOPBACK
from certs.tests.pki.listening import listening

pytestmark = pytest.mark.django_db


def test_lists_are_fetched_and_told_of_in_one_go(settings):
    settings.CHECK_GUARD = LOOPBACK
    make_user("Administrator")
    store = make_store("Corp", roots=[make_root()])
    now = timezone.now()
    old = make_crl(
        authority().root, made=timedelta(days=-2), ends=timedelta(days=-1), now=now
    )
    with listening(answer=old) as server:
        RevocationList.objects.create(store=store, url=server.url("/corp.crl"))
        RevocationList.objects.create(store=store, url="http://127.0.0.1:9/x.crl")
        for _ in range(2):
            revocation.look()

    assert len(server.posted) == 1  # the next time is in ten minutes
    duty = Duty.objects.get(name="revocation-lists")
    assert duty.numbers == {"fetched": 0, "failed": 0, "letters": 0}
    assert duty.finished_at is not None
    assert "too old" in Letter.objects.get().subject
