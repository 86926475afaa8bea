"""A webhook, a round of the schedule at a time of the test's own, and how a receiver knows a message of ours: by what
OPERATIONS.md tells its programmer, and by that alone.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings

from lms.certificates import actions
from lms.certificates.models import Certificate, Webhook, WebhookDelivery
from lms.certificates.queries import due_deliveries
from tests.factories.people import AT, make_staff

ALL = [event.value for event in actions.CHOOSABLE_EVENTS]
SAID = {"en": "By mistake.", "ru": "Ошибка.", "ky": "Ката."}
_CODE = re.compile(r"```python\n(import base64.*?)```", re.S)


def verifier_of_the_manual() -> Callable[..., bool]:
    """`is_ours` of OPERATIONS.md."""
    text = (settings.BASE_DIR / "OPERATIONS.md").read_text("utf-8")
    [code] = _CODE.findall(text)
    room: dict[str, Any] = {}
    exec(code, room)  # our own manual, as a reader would run it
    return room["is_ours"]


def revoke(certificate: Certificate, at: datetime = AT) -> None:
    """With words for the public and others for colleagues."""
    actions.revoke_certificate(
        certificate=certificate, public_wording=SAID, internal_reason="SECRET", by=make_staff(), at=at
    )


def sweep(webhook: Webhook, at: datetime = AT) -> None:
    """Notes what happened, and sends what is due until something does not arrive."""
    actions.note_events(at=at)
    for delivery in due_deliveries(webhook, at):
        if not actions.send_delivery(delivery=delivery, at=at):
            break


def told(webhook: Webhook) -> WebhookDelivery:
    """The one thing that it was told."""
    return webhook.deliveries.get()
