"""One machine: SQLite, a broker on local disk, keys that are made at the first start and kept in the data folder."""

from contextlib import suppress

from lms.settings.base import *  # noqa: F403
from lms.settings.base import DATA_DIR
from lms.settings.local_keys import local_keys

DEBUG = env.boolean("DEBUG", False)  # noqa: F405
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ["*"])  # noqa: F405
DEMONSTRATION = True

# Database, log and sign-ins are for whoever started it; a folder that is somebody else's stays as it is.
with suppress(PermissionError):
    DATA_DIR.chmod(0o700)
_keys = local_keys(DATA_DIR / "keys.json")
SECRET_KEY = SECRET_KEY or _keys["secret_key"]  # noqa: F405
FIELD_KEYS = FIELD_KEYS or [_keys["field_key"]]  # noqa: F405
PEPPER = PEPPER or _keys["pepper"]  # noqa: F405

# Static files straight from their sources: no collectstatic before the first look.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# `make run TLS=1`.  Without the names that begin with __Host-: they would sign everybody out at the next plain start.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PUBLIC_BASE_URL.startswith("https://")  # noqa: F405
