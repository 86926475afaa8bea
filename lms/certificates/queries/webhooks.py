"""Webhooks: whose they are, and what each of them has still to be told."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from lms.certificates.models import (
    BROKEN_STATES,
    EVENT_OF_STATE,
    CertificateState,
    DeliveryState,
    StateChange,
    UntoldReason,
    Webhook,
    WebhookDelivery,
    WebhookEvent,
    WebhookState,
)
from lms.common.dates import local_day
from lms.notices.models import Notice
from lms.people.models import Role, RoleKind, User
from lms.people.queries import is_living, organisations_for

# What happened longer ago is told no more, whatever stood still meanwhile.  Deliveries are kept longer than that, or
# they would be made anew.
TOLD_WITHIN = timedelta(days=30)
# So many are noted, sent and shown in one go.
NOTED, SENT, SHOWN = 500, 50, 50


def webhooks_for(user: User) -> QuerySet[Webhook]:
    """Those of the organisations that she administers."""
    return Webhook.objects.filter(organisation__in=organisations_for(user, RoleKind.ADMINISTRATOR))


def get_webhook_or_404(user: User, webhook_id: UUID) -> Webhook:
    return get_object_or_404(webhooks_for(user).select_related("organisation"), pk=webhook_id)


def recent_deliveries(webhook: Webhook) -> list[WebhookDelivery]:
    """The newest first."""
    return list(webhook.deliveries.order_by("-created_at", "-pk")[:SHOWN])


def changes_to_tell(webhook: Webhook, at: datetime) -> list[tuple[StateChange, WebhookEvent]]:
    """What happened since each kind of event is told, and was not noted for this webhook yet; the oldest first.

    The change of state is the record of the event: it is written with the state itself, and whoever revokes neither
    knows webhooks nor waits for them.
    """
    wanted = Q(pk__in=[])
    for state, event in EVENT_OF_STATE.items():
        if since := webhook.events.get(event):
            wanted |= Q(state=state, at__gte=datetime.fromisoformat(since))
    noted = WebhookDelivery.objects.filter(webhook=webhook, change=OuterRef("pk"))
    own = StateChange.objects.filter(wanted, certificate__organisation=webhook.organisation_id, at__gt=at - TOLD_WITHIN)
    changes = own.filter(~Exists(noted)).order_by("at", "pk")[:NOTED]
    return [(change, EVENT_OF_STATE[CertificateState(change.state)]) for change in changes]


def due_deliveries(webhook: Webhook, at: datetime) -> list[WebhookDelivery]:
    """What is to be sent now, in the order in which it happened; of a webhook that is off, nothing."""
    rows = WebhookDelivery.objects.filter(
        webhook=webhook, webhook__state=WebhookState.ON, state=DeliveryState.WAITING, due_at__lte=at
    )
    return list(rows.select_related("webhook", "change__certificate").order_by("created_at", "change__at", "pk")[:SENT])


def webhooks_with_due(at: datetime) -> list[tuple[UUID, UUID]]:
    """Those that have something to send now, each with its organisation; first whose turn was longest ago."""
    due = WebhookDelivery.objects.filter(webhook=OuterRef("pk"), state=DeliveryState.WAITING, due_at__lte=at)
    on = Webhook.objects.filter(Exists(due), state=WebhookState.ON).annotate(turn=Max("deliveries__tried_at"))
    return list(on.order_by(F("turn").asc(nulls_first=True), "pk").values_list("pk", "organisation"))


def administrators_of(organisation_id: UUID, at: datetime) -> list[UUID]:
    """Who administers it today."""
    roles = Role.objects.active(local_day(at)).filter(organisation=organisation_id, kind=RoleKind.ADMINISTRATOR)
    return list(roles.filter(person__is_active=True).order_by("person").values_list("person", flat=True).distinct())


def reason_against_telling(notice: Notice, at: datetime) -> str | None:
    """Why an administrator is not told any more that a webhook is broken; None: tell her."""
    webhook = Webhook.objects.filter(pk=notice.subject_id, state__in=BROKEN_STATES).first()
    if not is_living(notice.person):
        return UntoldReason.GONE
    if webhook is None or notice.person_id not in administrators_of(webhook.organisation_id, at):
        return UntoldReason.SETTLED
    return None
