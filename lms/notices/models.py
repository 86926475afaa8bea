"""What is sent to whom, when, and what it may say.

No text is stored: it is worded anew from the kind and the subject, in the person's language, whenever it is sent or
shown (lms.notices.rendering).  `__str__` is a code: it ends up in logs.
"""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.common.codes import new_id
from lms.people.models import Private

PERSON = settings.AUTH_USER_MODEL


class Channel(models.TextChoices):
    """The last three are kinds of contact (people.ContactKind)."""

    SITE = "site", _("only here, when I open the site")
    EMAIL = "email", _("by e-mail")
    PHONE = "phone", _("by SMS")
    TELEGRAM = "telegram", _("by Telegram")


class Reveals(models.TextChoices):
    """What a text may say to whoever looks over her shoulder."""

    NOTHING = "nothing", _("nothing but that there is a message")
    TIME_AND_PLACE = "time_and_place", _("time and place only")
    EVERYTHING = "everything", _("everything: also which training and which lesson")


class NoticeState(models.TextChoices):
    PLANNED = "planned", _("planned")
    # Its time was set by hand: whoever plans again leaves it alone.
    HELD = "held", _("planned, its time set by hand")
    # A worker has it and has not yet said how it went.
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    CANCELLED = "cancelled", _("not sent")
    FAILED = "failed", _("failed")


WAITING_STATES = (NoticeState.PLANNED, NoticeState.HELD)
# What she finds on her page: also what no gateway could bring her.
ARRIVED_STATES = (NoticeState.SENT, NoticeState.FAILED)
# The reason where a person cancelled it; the planning apps have codes of their own.
BY_HAND = "by_hand"
# The reason where there is nobody any more whom it could reach: the planning apps name it too.
PERSON_GONE = "gone"


class FailureCode(models.TextChoices):
    NO_GATEWAY = "no_gateway", _("nothing is installed here that sends this way")
    ADDRESS_REFUSED = "address_refused", _("the address was refused")
    UNREACHABLE = "unreachable", _("the service did not answer, several times")
    GATEWAY_ERROR = "gateway_error", _("the service answered with an error")
    INTERRUPTED = "interrupted", _("it was interrupted; nobody knows whether it left")
    NOT_CHECKED = "not_checked", _("it could not be checked whether it still holds")


class NoticeQuerySet(models.QuerySet["Notice"]):
    def waiting(self) -> Self:
        return self.filter(state__in=WAITING_STATES)

    def due(self, at: datetime) -> Self:
        return self.waiting().filter(due_at__lte=at)


class Notice(Private, models.Model):
    """One message to one person."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Planned twice, it is one notice.
    key = models.CharField(max_length=150, unique=True)
    # What the notices of many people have in common: one row on the coordinator's page.
    batch = models.CharField(max_length=110)
    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    # Plain: what it is about, and where a coordinator finds it (for a session: its cohort), belong to apps above.
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=60)
    group_id = models.UUIDField(null=True, db_index=True)
    # Ids, codes and times that its condition needs; never a name.
    parameters = models.JSONField(default=dict)
    # The name of the Celery task of the app that planned it: that task looks whether it still holds.
    checked_by = models.CharField(max_length=100)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=NoticeState, default=NoticeState.PLANNED)
    # Why it was cancelled, or how it failed.
    reason = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=10, choices=Channel, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    edited_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    # When it was sent, cancelled or given up.
    ended_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            models.Index(fields=["state", "due_at"], name="notice_state_due"),
            models.Index(fields=["batch", "state"], name="notice_batch_state"),
            models.Index(fields=["person", "-due_at"], name="notice_person_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="sent") | (Q(ended_at__isnull=False) & ~Q(channel="")),
                name="notice_sent_says_how_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(claimed_at__isnull=False), name="notice_sending_was_claimed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {str(self.id)[-6:]}"

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING_STATES

    @property
    def waits_as(self) -> NoticeState:
        """The state in which it waits."""
        return NoticeState.HELD if self.edited_at else NoticeState.PLANNED


class ContactRule(Private, models.Model):
    """By which way a person is told something, and what the text may say."""

    person = models.OneToOneField(PERSON, on_delete=models.CASCADE, primary_key=True, related_name="contact_rule")
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.SITE)
    reveals = models.CharField(max_length=15, choices=Reveals, default=Reveals.NOTHING)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("contact rule")
        verbose_name_plural = _("contact rules")

    def __str__(self) -> str:
        return f"contact rule of {self.person_id}"
