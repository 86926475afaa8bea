"""What another's program is told of certificates: to which address, and what became of each message.

No column names a person: who added a webhook stands in the audit trail.
"""

from urllib.parse import urlsplit

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.certificates.models.certificates import CertificateState, StateChange
from lms.common.codes import new_id
from lms.common.outgoing import LONGEST
from lms.people.models import Organisation


class WebhookEvent(models.TextChoices):
    """What another's program may be told of a certificate, by the name that it reads.

    Not among them: that one expires, for its last day stands on it; that one was issued, for nobody has a list of
    those; that a holder withdrew her details or shows another form of her name, for that is about her.
    """

    REVOKED = "certificate.revoked", _("revoked")
    SUSPENDED = "certificate.suspended", _("suspended")
    LIFTED = "certificate.suspension_lifted", _("suspension lifted")
    SUPERSEDED = "certificate.superseded", _("replaced by a newer one")
    # Of no certificate: somebody pressed the button.
    TEST = "webhook.test", _("test message")


EVENT_OF_STATE = {
    CertificateState.REVOKED: WebhookEvent.REVOKED,
    CertificateState.SUSPENDED: WebhookEvent.SUSPENDED,
    CertificateState.VALID: WebhookEvent.LIFTED,
    CertificateState.SUPERSEDED: WebhookEvent.SUPERSEDED,
}


class WebhookState(models.TextChoices):
    ON = "on", _("switched on")
    OFF = "off", _("switched off")
    # By itself, and the administrators are told: the receiver answered 410, or nothing good for days.
    GONE = "gone", _("switched off: the receiver said that it is gone")
    FAILED = "failed", _("switched off: the receiver did not answer for days")


# Of which the administrators are told.
BROKEN_STATES = (WebhookState.GONE, WebhookState.FAILED)


class Webhook(models.Model):
    """An address of another's program that an organisation tells what becomes of its certificates."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="webhooks")
    address = models.CharField(max_length=LONGEST)
    # {event: since when it is told, ISO 8601}: what happened before is not.
    events = models.JSONField(default=dict)
    # Under the installation's key; the one before signs as well until its time is over, and is destroyed then.
    sealed_secret = models.BinaryField()
    sealed_old_secret = models.BinaryField(null=True)
    old_secret_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=WebhookState, default=WebhookState.ON)
    state_since = models.DateTimeField()
    # When the first of those failed after which nothing arrived; tests do not count.
    failing_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"webhook {str(self.id)[-6:]}"

    @property
    def is_on(self) -> bool:
        return self.state == WebhookState.ON

    @property
    def host(self) -> str:
        """What people call it by: the path behind it may be a password of sorts."""
        return urlsplit(self.address).netloc


class WebhookNotice(models.TextChoices):
    """What administrators are told of a webhook (lms.notices)."""

    BROKEN = "webhook_broken"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    DELIVERED = "delivered", _("delivered")
    GIVEN_UP = "given_up", _("given up")
    DROPPED = "dropped", _("not sent: the webhook was switched off")


class DeliveryFailure(models.TextChoices):
    """Why the last try failed; as lms.common.outgoing names it where there was no answer."""

    ANSWERED = "answered", _("the receiver answered with an error")
    REDIRECTED = "redirected", _("the receiver wants another address, and we follow none")
    NO_SUCH_HOST = "no_such_host", _("there is no such name in the internet")
    NOT_PUBLIC = "not_public", _("the name leads to an address that is not in the public internet")
    UNREACHABLE = "unreachable", _("no connection, or it was cut")
    BAD_CERTIFICATE = "bad_certificate", _("its TLS certificate is not good for this name")
    SLOW = "slow", _("it took too long")
    NO_HTTP = "no_http", _("the answer could not be read")
    UNFIT = "unfit", _("this installation does not ask such an address any more")
    INTERNAL = "internal", _("an error of ours; whoever runs this installation finds it in the log")


class WebhookDelivery(models.Model):
    """One thing told to one webhook.  Its id is the event's at each try: by it the receiver knows a repeat."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    # Empty for a test.
    change = models.ForeignKey(StateChange, on_delete=models.PROTECT, null=True, related_name="+")
    event = models.CharField(max_length=40, choices=WebhookEvent)
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    # Of the last try: when, the answer's status or why there was none.
    tried_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    failure = models.CharField(max_length=20, choices=DeliveryFailure, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["webhook", "state", "due_at"], name="webhook_delivery_due")]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "change"], name="webhook_delivery_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at__isnull=True) | ~Q(state="waiting") & Q(ended_at__isnull=False),
                name="webhook_delivery_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {str(self.id)[-6:]}"

    @property
    def is_waiting(self) -> bool:
        return self.state == DeliveryState.WAITING
