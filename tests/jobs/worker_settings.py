"""Settings of the worker that tests start (tests/workers.py): a folder of its own or the test's, no eagerness."""

from lms.settings import env
from lms.settings.base import DATA_DIR as FOLDER
from lms.settings.base import PUBLIC_BASE_URL as ADDRESS
from lms.settings.test import *  # noqa: F403

DATA_DIR = FOLDER
PUBLIC_BASE_URL = ADDRESS
DATABASES = {"default": env.database(env.text("DATABASE_URL", ""), FOLDER / "worker.sqlite3")}
STORAGES |= env.storage("", FOLDER / "media")  # noqa: F405
# Mail of the journeys, which read it from there (tests/journeys/mails.py).
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": FOLDER / "mail"},
    }
}
MEDIA_ROOT = FOLDER / "media" / "public"
CELERY_TASK_ALWAYS_EAGER = False
CELERY_IMPORTS = ["tests.jobs.worker_tasks", "tests.certificates.stumbles"]
