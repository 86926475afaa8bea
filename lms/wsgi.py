"""The door that granian opens."""

import gc
import os

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.production")


def _open() -> WSGIHandler:
    handler = get_wsgi_application()
    if not settings.DEMONSTRATION:
        # Imports models, so it waits until the application is set up.
        from lms.people.checks import require_no_demonstration

        require_no_demonstration()
    # What was loaded stays for good: the collector need not go through it again with every few requests.
    gc.freeze()
    return handler


application = _open()
