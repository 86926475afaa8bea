"""What a webhook says, to a program and, of itself, to administrators.

To a program: what happened to which certificate, on which day.  The certificate is named by the SHA-256 of its id and
not by the id, because the id opens the page that shows what was certified and a form of the holder's name: whoever has
the paper has the id and finds it again, and nobody gets a list of the people whose certificates were revoked.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from lms.certificates.models import BROKEN_STATES, Webhook, WebhookDelivery
from lms.common.dates import local_day
from lms.notices.models import Notice
from lms.notices.rendering import Words
from lms.people.models import Organisation


def digest_of(public_id: str) -> str:
    """By which whoever has a certificate's id finds it in a message."""
    return hashlib.sha256(public_id.encode()).hexdigest()


def message_body(delivery: WebhookDelivery) -> bytes:
    """The same bytes at each try."""
    said = {"type": delivery.event, "timestamp": _moment(delivery), "data": _data(delivery)}
    return json.dumps(said, separators=(",", ":")).encode()


def _moment(delivery: WebhookDelivery) -> str:
    """When it happened: a message that is late may come behind a newer one, and this tells."""
    at = delivery.change.at if delivery.change else delivery.created_at
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _data(delivery: WebhookDelivery) -> dict[str, Any]:
    change = delivery.change
    if change is None:
        return {}
    return {
        "id_sha256": digest_of(change.certificate.public_id),
        "state": change.state,
        "day": local_day(change.at).isoformat(),
    }


def words_of_webhooks(notices: Sequence[Notice]) -> dict[UUID, Words]:
    """Of these notices, in the active language.  One query."""
    broken = Webhook.objects.filter(state__in=BROKEN_STATES).in_bulk([notice.subject_id for notice in notices])
    by_id = {str(webhook.pk): webhook for webhook in broken.values()}
    return {notice.pk: _words(by_id[notice.subject_id]) for notice in notices if notice.subject_id in by_id}


def _words(webhook: Webhook) -> Words:
    return Words(
        title=_("A webhook does not work"),
        time_and_place=_("Something of your organisation was switched off. Open Yntymak."),
        everything=_(
            "The webhook to {host} was switched off: for three days nothing arrived there, or the receiver said that "
            "it is gone. What happens to certificates is not told there any more. Ask the receiver, then switch it on."
        ).format(host=webhook.host),
        url=reverse("webhooks:webhook", args=[webhook.pk]),
    )


def panel_of_webhooks(request: HttpRequest, organisation: Organisation) -> str:
    """The way to them, on the page where its administrator describes an organisation."""
    return render_to_string("certificates/panel_webhooks.html", {"organisation": organisation}, request)
