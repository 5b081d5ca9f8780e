from typing import Any

import pytest
from celery import current_app as app

from certs.services.work import queue
from certs.tasks import checks


@pytest.fixture(autouse=True)
def _empty():
    with app.connection_for_write() as connection:
        channel: Any = connection.default_channel
        channel.queue_delete(app.conf.task_default_queue)


def test_messages_that_wait_are_counted():
    assert queue.waiting() == 0

    checks.check.delay()
    checks.check.delay()

    assert queue.waiting() == 2


def test_a_broker_that_is_away_is_no_error(monkeypatch):
    monkeypatch.setattr(app.conf, "broker_write_url", "amqp://127.0.0.1:1//")

    assert queue.waiting() is None
