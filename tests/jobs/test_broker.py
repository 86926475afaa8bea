"""Which broker is spoken to."""

import pytest
from celery import current_app
from django.conf import settings
from kombu import Connection


@pytest.mark.parametrize("connect", ["connection_for_read", "connection_for_write"])
def test_the_settings_say_which_broker_it_is(connect, monkeypatch) -> None:
    """Celery would rather believe the environment: two processes of a suite once did each other's jobs."""
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://127.0.0.1:6379/9")
    spoken_to = getattr(current_app, connect)()
    assert spoken_to.as_uri() == Connection(settings.CELERY_BROKER_URL).as_uri()
