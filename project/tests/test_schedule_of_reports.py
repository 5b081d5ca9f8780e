from project.celery import app
from project.schedule import SCHEDULE


def test_the_scheduler_knows_the_task_of_the_weekly_report():
    app.loader.import_default_modules()

    assert SCHEDULE["report"]["task"] in app.tasks
