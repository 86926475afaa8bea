"""Who follows which modules, where, when and with whom."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Revision

from lms.common.codes import new_id
from lms.common.languages import pick, translated
from lms.people.models import Organisation
from lms.regions.models import Region

PERSON = settings.AUTH_USER_MODEL


class Programme(models.Model):
    """A funded frame for cohorts, with its dates."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="programmes")
    name = translated(models.CharField(_("name"), max_length=160))
    funder = models.CharField(_("funder"), max_length=160, blank=True)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")

    def __str__(self) -> str:
        return self.name


class CohortState(models.TextChoices):
    DRAFT = "draft", _("draft")
    OPEN = "open", _("open for enrolment")
    RUNNING = "running", _("running")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")


# Sessions can be marked, tests taken.
LIVE_STATES = (CohortState.OPEN, CohortState.RUNNING)
# Modules are pinned.
PINNED_STATES = (CohortState.OPEN, CohortState.RUNNING, CohortState.CLOSED)
# Nothing can be changed any more.
ENDED_STATES = (CohortState.CLOSED, CohortState.CANCELLED)

TITLE_LENGTH = PLACE_LENGTH = 160
MAX_CAPACITY = 200


class CohortManager(models.Manager["Cohort"]):
    def live(self) -> "models.QuerySet[Cohort]":
        return self.filter(state__in=LIVE_STATES)


class Cohort(ClusterableModel):
    """A group that follows one or more modules in one region.  Its code means nothing outside the training."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(_("code"), max_length=12, unique=True)
    title = translated(models.CharField(_("title"), max_length=TITLE_LENGTH, blank=True))
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="cohorts")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, null=True, blank=True, related_name="cohorts")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(_("place"), max_length=PLACE_LENGTH, blank=True)
    time_zone = models.CharField(max_length=40, default="Asia/Bishkek")
    # A subset of settings.LANGUAGES, in the order in which they are spoken there.
    languages = models.JSONField(_("languages"), default=list)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    capacity = models.PositiveSmallIntegerField(_("capacity"), default=30)
    state = models.CharField(_("state"), max_length=10, choices=CohortState, default=CohortState.DRAFT)
    # Lineage, written once at opening from the lead trainer's standing.
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    generation = models.PositiveSmallIntegerField(_("generation"), null=True, blank=True)
    # The poster's address; renewed when enrolment is closed and opened again.
    join_token = models.CharField(max_length=22, unique=True)
    joining_open = models.BooleanField(default=False)
    # Its modules, oblast, dates and languages stand on the public first page; never the place or anybody's name.
    listed_publicly = models.BooleanField(_("shown on the public first page"), default=False)
    created_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # The last time that it was opened again after closing, and why.
    reopened_at = models.DateTimeField(null=True)
    reopened_reason = models.CharField(max_length=500, blank=True)
    # When its people's attendance, and their answers, became counts without names; empty: not yet.
    attendance_counted_at = models.DateTimeField(null=True, editable=False)
    answers_counted_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[CohortManager] = CohortManager()
    # Said again for mypy, which cannot look through modelcluster's untyped base class.
    _default_manager: ClassVar[CohortManager]

    class Meta:
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        indexes = [models.Index(fields=["organisation", "state", "-starts_on"], name="cohort_organisation_state")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="cohort_dates_in_order"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="cohort_capacity_at_least_one"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "cancelled"]) | Q(generation__isnull=False),
                name="cohort_opened_with_lineage",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def generation_in_words(self) -> int:
        """As people count: the cohorts of founding trainers are the first."""
        return (self.generation or 0) + 1

    @property
    def state_in_words(self) -> str:
        """What people read: the state says open, and joining may be closed by hand or by an earlier closing."""
        if self.state == CohortState.OPEN and not self.joining_open:
            return gettext("open, joining closed")
        return self.get_state_display()

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_STATES

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED_STATES


class CohortModule(models.Model):
    """A module that the cohort delivers, with the rule that held when the cohort was opened."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="modules")
    module_code = models.CharField(max_length=10)
    position = models.PositiveSmallIntegerField(default=0)
    # The module's titles {language: title}, minutes and certificate rule, as pinned: {} while the cohort is a draft.
    pinned = models.JSONField(default=dict)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["cohort", "module_code"], name="cohort_module_once")]

    def __str__(self) -> str:
        return f"{self.cohort_id}/{self.module_code}"


class PinKind(models.TextChoices):
    MODULE = "module", _("module")
    LESSON = "lesson", _("lesson")
    QUIZ = "quiz", _("quiz")
    QUESTION = "question", _("question")


class Pin(models.Model):
    """The revision of a text that a cohort follows.  PROTECT: Wagtail's purge of revisions passes pinned ones by."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="pins")
    kind = models.CharField(max_length=10, choices=PinKind)
    module_code = models.CharField(max_length=10)
    code = models.CharField(max_length=20)
    # Empty for what is one row in all languages (quiz, question).
    language = models.CharField(max_length=2, blank=True)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cohort", "kind", "code", "language"], name="pin_once_per_text"),
        ]

    def __str__(self) -> str:
        return f"{self.cohort_id}/{self.kind}/{self.code}"


class TrainerPart(models.TextChoices):
    LEAD = "lead", _("lead trainer")
    CO = "co", _("co-trainer")


class CohortTrainer(models.Model):
    """Who trains: one lead, whose standing sets the generation; co-trainers are noted, not counted."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="trainers")
    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="cohort_parts")
    part = models.CharField(max_length=4, choices=TrainerPart)
    standing = models.ForeignKey("Standing", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cohort", "person"], name="cohort_trainer_once"),
            models.UniqueConstraint(fields=["cohort"], condition=Q(part="lead"), name="cohort_one_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.cohort_id}"


class SessionState(models.TextChoices):
    PLANNED = "planned", _("planned")
    HELD = "held", _("held")
    CANCELLED = "cancelled", _("cancelled")


class Session(models.Model):
    """One lesson at one time, a lesson once more, or something extra that stands beside the lessons.

    Cancelled, never removed, once anything refers to it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    cohort = ParentalKey(Cohort, on_delete=models.CASCADE, related_name="sessions")
    module_code = models.CharField(max_length=10)
    # Of an extra session a code of its own (M1+1): it has no text, no plan, and no part in the certificate.
    lesson_code = models.CharField(max_length=10)
    is_extra = models.BooleanField(default=False)
    # The lesson's titles when the cohort was planned: {language: title}.
    titles = models.JSONField(default=dict)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(_("place"), max_length=PLACE_LENGTH, blank=True)
    state = models.CharField(max_length=10, choices=SessionState, default=SessionState.PLANNED)
    # How often it was moved, cancelled or given to another leader: calendars take the event with the highest number,
    # and each change is an occasion of its own to tell the participants.
    revision = models.PositiveSmallIntegerField(default=0)
    # The one with which the participants began, when the cohort was opened: nobody knew another time or place.  Empty:
    # it was added since (or the cohort opened before this was kept).
    known_revision = models.PositiveSmallIntegerField(null=True)
    # Who leads it, or led it, in the place of the cohort's lead trainer.
    led_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="stood_in")
    # Seed of the rotating check-in code (lms.attendance); random, never shown.
    checkin_seed = models.CharField(max_length=43)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_times_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.cohort_id}/{self.lesson_code}"

    @property
    def title(self) -> str:
        """The lesson's title in the active language."""
        return pick(self.titles)

    @property
    def name(self) -> str:
        """What people call it: “M1.2 Equality”, and an extra session, whose code says nothing to them, by its title."""
        return self.title if self.is_extra else f"{self.lesson_code} {self.title}"

    @property
    def counts(self) -> bool:
        return self.state != SessionState.CANCELLED

    def took_place_by(self, at: datetime) -> bool:
        """Marked and begun: who comes early is marked early, and until it begins the session can still be changed."""
        return self.state == SessionState.HELD and self.starts_at <= at

    @property
    def has_taken_place(self) -> bool:
        return self.took_place_by(timezone.now())

    @property
    def is_under_way(self) -> bool:
        """Marked, begun, and not over yet."""
        return self.has_taken_place and timezone.now() < self.ends_at

    @property
    def state_in_words(self) -> str:
        """What people read: nobody calls a session held while it goes on."""
        return gettext("under way") if self.is_under_way else self.get_state_display()


def hours_of(minutes: int) -> Decimal:
    """Planned minutes as hours with one decimal: 450 → 7.5."""
    return (Decimal(minutes) / 60).quantize(Decimal("0.1"))
