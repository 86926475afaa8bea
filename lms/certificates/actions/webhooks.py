"""What an administrator does with a webhook of her organisation.

What a receiver may learn is decided here and in `WebhookEvent`: revocations by default, since whoever relies on a
certificate must know of them; suspensions, their end and replacements where an administrator chooses them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.certificates.models import (
    DeliveryState,
    Webhook,
    WebhookDelivery,
    WebhookEvent,
    WebhookState,
)
from lms.certificates.signing import new_webhook_secret
from lms.common.crypto import wrap
from lms.common.errors import ActionError
from lms.common.outgoing import Target, Unfit, UnfitAddress, target_of
from lms.people.actions import record_audit
from lms.people.models import Organisation, User

# What is told where nobody chooses otherwise, and what may be chosen.
DEFAULT_EVENTS = [WebhookEvent.REVOKED]
CHOOSABLE_EVENTS = [WebhookEvent.REVOKED, WebhookEvent.SUSPENDED, WebhookEvent.LIFTED, WebhookEvent.SUPERSEDED]
# So many of an organisation, in whatever state.
MOST = 20
# As long the secret before signs too: time enough to enter the new one at the receiver's.
OVERLAP = timedelta(days=1)
UNFIT_WORDS: dict[Unfit, str | Promise] = {
    Unfit.NOT_HTTPS: _("The address must begin with https://."),
    Unfit.USER: _("The address must hold no user name and no password."),
    Unfit.NOT_A_NAME: _(
        "After https:// write the name of a site with a dot in it, in Latin letters, and not a number. A name in "
        "another alphabet is written in its form xn--…"
    ),
    Unfit.PORT: _("Only the usual port of https is asked: leave it out."),
    Unfit.UNREADABLE: _("This address cannot be read: Latin letters, digits and signs only, and no spaces."),
}


class AddressUnfit(ActionError):
    code = "address_unfit"


class NothingToTell(ActionError):
    code = "nothing_to_tell"
    message = _("Choose at least one thing that is told, or switch the webhook off.")


class TooManyWebhooks(ActionError):
    code = "too_many_webhooks"
    message = _(
        "An organisation has at most %(most)s webhooks. One that is switched off is forgotten after three months."
    )


class WebhookThere(ActionError):
    """The form was sent twice; the secret was shown the first time."""

    code = "webhook_there"
    message = _("This webhook is there already. If you have not kept its secret, make another one on its page.")


class WebhookOff(ActionError):
    code = "webhook_off"
    message = _("This webhook is switched off: switch it on first.")


@dataclass(frozen=True)
class NewSecret:
    """For this one answer: it is kept encrypted, and shown to nobody again."""

    webhook: Webhook
    secret: str


def require_fit(*, address: str) -> Target:
    """What would be asked.  Raises AddressUnfit.  Where its name leads to is judged whenever something is sent."""
    try:
        return target_of(address, ports=settings.WEBHOOK_PORTS, named=settings.WEBHOOK_HOSTS)
    except UnfitAddress as error:
        raise AddressUnfit(UNFIT_WORDS[error.code]) from error


@transaction.atomic
def add_webhook(
    *, webhook_id: UUID, organisation: Organisation, address: str, events: Iterable[str], by: User, at: datetime
) -> NewSecret:
    """A webhook that is on from now; what happened before is not told.  `webhook_id`: chosen by the form.

    Raises AddressUnfit, NothingToTell, TooManyWebhooks, WebhookThere.
    """
    require_fit(address=address)
    # One after the other, so that two at once do not make one too many.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if Webhook.objects.filter(pk=webhook_id).exists():
        raise WebhookThere
    if Webhook.objects.filter(organisation=organisation).count() >= MOST:
        raise TooManyWebhooks(most=MOST)
    secret = new_webhook_secret()
    webhook = Webhook.objects.create(
        id=webhook_id,
        organisation=organisation,
        address=address,
        events=_since({}, events, at),
        sealed_secret=wrap(secret.encode()),
        state_since=at,
        created_at=at,
    )
    _note("add_webhook", webhook, by, at, host=webhook.host, events=sorted(webhook.events))
    return NewSecret(webhook, secret)


@transaction.atomic
def change_webhook(*, webhook: Webhook, events: Iterable[str], by: User, at: datetime) -> Webhook:
    """Another choice of what is told; of what is new, from now on.  Raises NothingToTell."""
    locked = _lock(webhook)
    locked.events = _since(locked.events, events, at)
    locked.save(update_fields=["events"])
    _note("change_webhook", locked, by, at, events=sorted(locked.events))
    return locked


@transaction.atomic
def renew_webhook_secret(*, webhook: Webhook, by: User, at: datetime) -> NewSecret:
    """Another secret; the one before signs as well for a day.

    Made again within that day, it takes the place of the new one, and what the receiver has from before holds on.
    """
    locked, secret = _lock(webhook), new_webhook_secret()
    if locked.old_secret_until is None or locked.old_secret_until <= at:
        locked.sealed_old_secret, locked.old_secret_until = locked.sealed_secret, at + OVERLAP
    locked.sealed_secret = wrap(secret.encode())
    locked.save(update_fields=["sealed_secret", "sealed_old_secret", "old_secret_until"])
    _note("renew_webhook_secret", locked, by, at)
    return NewSecret(locked, secret)


@transaction.atomic
def try_webhook(*, webhook: Webhook, by: User, at: datetime) -> WebhookDelivery:
    """A message about no certificate, tried once.  Raises WebhookOff."""
    locked = _lock(webhook)
    if not locked.is_on:
        raise WebhookOff
    _note("try_webhook", locked, by, at)
    return WebhookDelivery.objects.create(webhook=locked, event=WebhookEvent.TEST, created_at=at, due_at=at)


@transaction.atomic
def switch_webhook_on(*, webhook: Webhook, by: User, at: datetime) -> Webhook:
    """From now on it is told again, and nothing of what happened meanwhile.  A repeat is harmless."""
    locked = _lock(webhook)
    if locked.is_on:
        return locked
    locked.state, locked.state_since, locked.failing_since = WebhookState.ON, at, None
    locked.events = _since({}, locked.events, at)
    locked.save(update_fields=["state", "state_since", "failing_since", "events"])
    _note("switch_webhook_on", locked, by, at)
    return locked


@transaction.atomic
def switch_webhook_off(
    *, webhook: Webhook, by: User | None, at: datetime, state: WebhookState = WebhookState.OFF
) -> Webhook:
    """Nothing is told any more, neither what waits.  A repeat is harmless.  `by`: None where it does not work."""
    locked = _lock(webhook)
    if not locked.is_on:
        return locked
    locked.state, locked.state_since = state, at
    locked.save(update_fields=["state", "state_since"])
    waiting = locked.deliveries.filter(state=DeliveryState.WAITING)
    waiting.update(state=DeliveryState.DROPPED, ended_at=at)
    _note("switch_webhook_off", locked, by, at, state=state)
    return locked


@transaction.atomic
def forget_deliveries(*, before: datetime) -> int:
    """Destroys what was told before, and webhooks that were switched off before; says how many rows those were."""
    told = WebhookDelivery.objects.filter(ended_at__lt=before).delete()[0]
    over = Webhook.objects.exclude(state=WebhookState.ON).filter(state_since__lt=before)
    return told + over.delete()[0]


def _since(before: dict[str, str], events: Iterable[str], at: datetime) -> dict[str, str]:
    chosen = [event for event in CHOOSABLE_EVENTS if event in set(events)]
    if not chosen:
        raise NothingToTell
    return {str(event): before.get(event, at.isoformat()) for event in chosen}


def _lock(webhook: Webhook) -> Webhook:
    return Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)


def _note(verb: str, webhook: Webhook, by: User | None, at: datetime, **details: Any) -> None:
    record_audit(
        verb=verb, subject=webhook, by=by, at=at, organisation_id=webhook.organisation_id, details=details or None
    )
