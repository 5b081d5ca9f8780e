from datetime import timedelta

import pytest

from certs.services.work import queue
from project.beat import MOST_WAITING, Scheduler
from project.celery import app
from project.schedule import SCHEDULE


@pytest.fixture
def scheduler():
    app.loader.import_default_modules()
    return Scheduler(app)


@pytest.fixture
def sent(monkeypatch):
    names = []
    for entry in SCHEDULE.values():
        task = app.tasks[entry["task"]]
        monkeypatch.setattr(
            task,
            "apply_async",
            lambda *_, name=task.name, **options: names.append((name, options)),
        )
    return names


def test_everything_is_looked_at_once_when_it_starts(scheduler, sent, monkeypatch):
    monkeypatch.setattr(queue, "waiting", lambda: 0)

    for _ in SCHEDULE:
        scheduler.tick()

    assert {name for name, _ in sent} == {each["task"] for each in SCHEDULE.values()}
    assert len(sent) == len(SCHEDULE)


def test_every_task_of_the_schedule_is_there_and_its_messages_expire():
    app.loader.import_default_modules()

    for entry in SCHEDULE.values():
        assert entry["task"] in app.tasks
        assert entry["schedule"] >= timedelta(minutes=1)
        assert entry["options"]["expires"] <= entry["schedule"].total_seconds()


@pytest.mark.parametrize(
    ("waiting", "is_sent"),
    [(MOST_WAITING - 1, True), (MOST_WAITING, False), (None, True)],
)
def test_while_nobody_takes_messages_no_more_are_sent(
    scheduler, sent, monkeypatch, waiting, is_sent
):
    monkeypatch.setattr(queue, "waiting", lambda: waiting)

    scheduler.tick()

    assert bool(sent) is is_sent
