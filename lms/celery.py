"""Celery carries the ids of jobs; the jobs themselves are rows (lms.jobs), so a lost message loses no work."""

import os
from pathlib import Path

from celery import Celery
from celery.schedules import crontab
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.dev")


def _disk_broker(folder: Path) -> dict:
    """Options of a broker on local disk: both sides read and write one folder, twenty times a second."""
    for name in ("queue", "processed", "control"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(folder / "queue"),
        "data_folder_out": str(folder / "queue"),
        "control_folder": str(folder / "control"),
        "store_processed": False,
        "polling_interval": 0.05,
    }


app = Celery("yntymak")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_ignore_result=True,
    task_acks_late=True,
    task_track_started=False,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    timezone="UTC",
    beat_schedule_filename=str(settings.DATA_DIR / "celery-schedule"),
    beat_schedule={
        "jobs.sweep": {"task": "jobs.sweep", "schedule": 20.0},
        "people.mirror_roles": {"task": "people.mirror_roles", "schedule": crontab(hour="19", minute="10")},
        "assessments.close_overdue": {"task": "assessments.close_overdue", "schedule": 60.0},
    },
)
if settings.CELERY_BROKER_URL.startswith("filesystem:"):
    app.conf.broker_transport_options = _disk_broker(settings.DATA_DIR / "broker")
app.autodiscover_tasks()
