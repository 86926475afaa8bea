"""Settings of the worker that test_worker.py starts: a database in its folder, no eagerness."""

from lms.settings import env
from lms.settings.base import DATA_DIR as FOLDER
from lms.settings.test import *  # noqa: F403

DATA_DIR = FOLDER
DATABASES = {"default": env.database("", FOLDER / "worker.sqlite3")}
CELERY_TASK_ALWAYS_EAGER = False
CELERY_IMPORTS = ["tests.jobs.worker_tasks"]
