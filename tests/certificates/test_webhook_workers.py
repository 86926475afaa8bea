"""A worker that is killed between sending and noting: another one sends the same event again, under the same id."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from django.utils import timezone

from lms.certificates import actions
from lms.certificates.models import WebhookDelivery
from tests.certificates.hooks import revoke
from tests.factories.webhooks import make_webhook
from tests.receiving import Receiver
from tests.workers import Workers

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_SECONDS = 60


@pytest.fixture
def workers(tmp_path: Path, receiver: Receiver) -> Iterator[Workers]:
    made = Workers(tmp_path)
    made.environment |= {
        "SSL_CERT_FILE": str(receiver.certificate),
        "WEBHOOK_HOSTS": f"localhost:{receiver.port}",
    }
    yield made
    made.end()


def test_killed_before_it_could_note_the_answer(certificate, receiver, workers):
    now, arrived, again = timezone.now(), threading.Event(), threading.Event()

    def hold(handler: BaseHTTPRequestHandler) -> None:
        """It has the message; its answer does not come while the worker lives."""
        arrived.set()
        receiver.over.wait(PATIENCE_SECONDS)

    def accept(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(204)
        handler.end_headers()
        again.set()

    receiver.answers = [hold, accept]
    make_webhook(certificate.organisation, f"https://localhost:{receiver.port}/", at=now)
    revoke(certificate, now)
    actions.note_events(at=now)
    actions.queue_deliveries(at=now)
    workers.copy_database()
    first = workers.start()
    assert arrived.wait(PATIENCE_SECONDS), workers.log.read_text()
    workers.kill(first)
    assert workers.answer(_as_noted) == ("waiting", 0)
    workers.start()
    assert again.wait(PATIENCE_SECONDS), workers.log.read_text()
    one, two = receiver.received
    assert (one.headers["webhook-id"], one.body) == (two.headers["webhook-id"], two.body)


def _as_noted() -> tuple[str, int]:
    return WebhookDelivery.objects.values_list("state", "tries").get()
