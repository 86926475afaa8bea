"""Celery carries the ids of jobs; the jobs themselves are rows (lms.jobs), so a lost message loses no work.

Where CELERY_ALIVE_FILE is set, worker and schedule touch that file as long as they reach the broker: a container's
health check looks at its age, instead of starting a second Python to ask.
"""

import logging.config
import os
from pathlib import Path

from celery import Celery, signals
from celery.schedules import crontab
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.dev")
TRANSPORT_ALIASES["filesystem"] = "lms.jobs.backends:DiskTransport"


def _transport_options() -> dict:
    """What the broker's driver is told; a web request that meets a dead broker waits for seconds, not minutes."""
    if settings.CELERY_BROKER_URL.startswith("filesystem:"):
        return _disk_options(settings.DATA_DIR / "broker")
    return {
        "socket_connect_timeout": 2,
        "socket_timeout": 20,
        "socket_keepalive": True,
        # An unacknowledged message comes again after an hour; long before that the sweep has sent the job again.
        "visibility_timeout": 3600,
    }


def _disk_options(folder: Path) -> dict:
    """A broker on local disk: both sides read and write one folder, twenty times a second."""
    for name in ("queue", "control"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(folder / "queue"),
        "data_folder_out": str(folder / "queue"),
        "control_folder": str(folder / "control"),
        "polling_interval": 0.05,
    }


def _every(seconds: float, task: str) -> dict:
    """A periodic task whose message is worth nothing once the next one is due."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


app = Celery("yntymak")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    # By these names: Celery takes broker_url from the environment, whatever the settings made of it.
    broker_read_url=settings.CELERY_BROKER_URL,
    broker_write_url=settings.CELERY_BROKER_URL,
    task_ignore_result=True,
    task_acks_late=True,
    task_track_started=False,
    task_publish_retry_policy={"max_retries": 1, "interval_start": 0, "interval_step": 0.2},
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    broker_transport_options=_transport_options(),
    timezone="UTC",
    beat_scheduler="lms.jobs.backends:DiskScheduler",
    beat_schedule_filename=str(settings.DATA_DIR / "celery-schedule.json"),
    beat_schedule={
        "jobs.sweep": _every(settings.JOB_LEASE_SECONDS / 3, "jobs.sweep"),
        "notices.sweep": _every(60, "notices.sweep"),
        "cohorts.plan_reminders": _every(900, "cohorts.plan_reminders"),
        "people.mirror_roles": {"task": "people.mirror_roles", "schedule": crontab(hour="19", minute="10")},
        "people.forget_offers": {"task": "people.forget_offers", "schedule": crontab(hour="19", minute="25")},
        "cascade.refresh_standings": {"task": "cascade.refresh_standings", "schedule": crontab(hour="19", minute="15")},
        "people.forget_feedback": {"task": "people.forget_feedback", "schedule": crontab(hour="19", minute="20")},
        "certificates.remind": {"task": "certificates.remind", "schedule": crontab(hour="19", minute="35")},
        "certificates.sweep_webhooks": _every(30, "certificates.sweep_webhooks"),
        "certificates.tell_outcomes": _every(300, "certificates.tell_outcomes"),
        "certificates.keep_keys": {"task": "certificates.keep_keys", "schedule": crontab(hour="19", minute="30")},
        "certificates.look_at_log": {"task": "certificates.look_at_log", "schedule": crontab(hour="20", minute="5")},
        "privacy.apply_retention": {"task": "privacy.apply_retention", "schedule": crontab(hour="19", minute="40")},
        "assessments.close_overdue": _every(60, "assessments.close_overdue"),
        "privacy.make_backup": {"task": "privacy.make_backup", "schedule": crontab(hour="20", minute="30")},
    },
)
app.autodiscover_tasks()


@signals.setup_logging.connect
def _log_as_the_site_does(**kwargs: object) -> None:
    """The worker's lines are the site's: JSON, and nothing that an exception quotes."""
    logging.config.dictConfig(settings.LOGGING)


def _touch(**kwargs: object) -> None:
    Path(os.environ["CELERY_ALIVE_FILE"]).touch()


if os.environ.get("CELERY_ALIVE_FILE"):
    # Every two seconds in a worker; in the schedule at each task that it sends, every twenty seconds.
    signals.heartbeat_sent.connect(_touch)
    signals.after_task_publish.connect(_touch)
