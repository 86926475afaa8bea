"""What the schedule asks for exists, and what is worth nothing later does not pile up."""

import pytest
from celery import current_app


@pytest.mark.django_db  # Celery lets Django check the models when it loads the tasks
def test_every_name_in_the_schedule_is_a_task() -> None:
    current_app.loader.import_default_modules()
    asked = {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    assert asked - set(current_app.tasks) == set()


def test_frequent_tasks_expire_before_the_next_one_is_due() -> None:
    frequent = [
        entry for entry in current_app.conf.beat_schedule.values() if isinstance(entry["schedule"], int | float)
    ]
    assert all(entry["options"]["expires"] <= entry["schedule"] for entry in frequent)
