from uuid import uuid4

import pytest

from certs.models import Channel
from certs.pki.guard import Guard, parse_networks
from certs.tasks.channels import test_channel as task
from certs.tests.factories import make_channel
from certs.tests.pki.listening import listening

pytestmark = pytest.mark.django_db


def test_the_task_writes_what_became_of_it(settings):
    settings.CHECK_GUARD = Guard(
        allow_loopback=True, allow=parse_networks("127.0.0.0/8")
    )
    with listening(status=503) as server:
        channel = make_channel(address=server.url(), kind=Channel.Kind.WEBHOOK)
        task(str(channel.pk))

    channel.refresh_from_db()
    assert "503" in channel.test_error
    assert channel.tested_at


def test_a_channel_that_was_deleted_since_is_no_error():
    task(str(uuid4()))
