"""Tests: fixed keys, a data folder of their own, tasks in the same process."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from lms.settings import env
from lms.settings.base import *  # noqa: F403

DATA_DIR = Path(tempfile.mkdtemp(prefix="yntymak-test-"))
atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)
JOURNAL_FILE = DATA_DIR / "journal.jsonl"
BACKUP_FOLDER = ""
DEBUG = False
DEMONSTRATION = False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
SECRET_KEY = "tests-only-secret-key-that-signs-nothing-real"  # noqa: S105
FIELD_KEYS = ["dGVzdHMtb25seS1maWVsZC1rZXktMzItYnl0ZXMhISE="]
PEPPER = "tests-only-pepper"
PUBLIC_BASE_URL = "http://testserver"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
PIN_COST = (1, 8)
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_USE_FINDERS = True
# Each test client makes the middleware anew: with this it looks a file up when it is asked for, not all before.
WHITENOISE_AUTOREFRESH = True
MEDIA_ROOT = DATA_DIR / "media" / "public"
STORAGES |= env.storage("", DATA_DIR / "media")  # noqa: F405
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
NOTICE_GATEWAYS = {
    "email": "lms.notices.backends.MailGateway",
    "phone": "lms.notices.backends.OutboxGateway",
    "telegram": "lms.notices.backends.OutboxGateway",
}
# PostgreSQL is emptied after a test by what the test left (tests/postgresql/base.py).
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":  # noqa: F405
    DATABASES["default"]["ENGINE"] = "tests.postgresql"  # noqa: F405
else:
    # pytest-django knows only Django's own backend as one whose tests run in memory.
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}  # noqa: F405
# Indexing every page takes half of making one; the tests that search turn it on.
WAGTAILSEARCH_BACKENDS["default"]["AUTO_UPDATE"] = False  # noqa: F405


def _of_this_process(url: str) -> str:
    """Tests empty the cache, and their workers do the jobs of their own database: each process of the suite has
    databases of its own in Redis.
    """
    if not url.startswith("redis"):
        return url
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    address = urlsplit(url)
    return address._replace(path=f"/{int(address.path.strip('/') or 0) + process}").geturl()


CACHES["default"] = env.cache(_of_this_process(env.text("CACHE_URL", "")))  # noqa: F405
CELERY_BROKER_URL = _of_this_process(CELERY_BROKER_URL)  # noqa: F405
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
LOGGING["root"]["level"] = "WARNING"  # noqa: F405
