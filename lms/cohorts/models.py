"""Cohorts: who follows which modules, where, when and with whom; and the standing of those who may train."""

from datetime import date
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Revision

from lms.common.codes import new_id
from lms.common.languages import translated
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


class CohortQuerySet(models.QuerySet["Cohort"]):
    def live(self) -> Self:
        return self.filter(state__in=LIVE_STATES)


class Cohort(ClusterableModel):
    """A group that follows one or more modules in one region.  Its code means nothing outside the training."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(_("code"), max_length=12, unique=True)
    title = translated(models.CharField(_("title"), max_length=160, blank=True))
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="cohorts")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, null=True, blank=True, related_name="cohorts")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(_("place"), max_length=160, blank=True)
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
    created_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = CohortQuerySet.as_manager()

    class Meta:
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        indexes = [models.Index(fields=["organisation", "state", "-starts_on"], name="cohort_organisation_state")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="cohort_dates_in_order"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="cohort_capacity_at_least_one"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "cancelled"]) | Q(generation__isnull=False), name="cohort_opened_with_lineage"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_STATES


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
    """One lesson at one time.  Cancelled, never removed, once anything refers to it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    cohort = ParentalKey(Cohort, on_delete=models.CASCADE, related_name="sessions")
    module_code = models.CharField(max_length=10)
    lesson_code = models.CharField(max_length=10)
    # The lesson's titles when the cohort was planned: {language: title}.
    titles = models.JSONField(default=dict)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(_("place"), max_length=160, blank=True)
    state = models.CharField(max_length=10, choices=SessionState, default=SessionState.PLANNED)
    # Seed of the rotating check-in code (lms.attendance); random, never shown.
    checkin_seed = models.CharField(max_length=43)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_times_in_order"),
            models.UniqueConstraint(
                fields=["cohort", "lesson_code"], condition=~Q(state="cancelled"), name="session_lesson_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cohort_id}/{self.lesson_code}"

    @property
    def counts(self) -> bool:
        return self.state != SessionState.CANCELLED


class EnrolmentState(models.TextChoices):
    WAITING = "waiting", _("on the waiting list")
    ENROLLED = "enrolled", _("enrolled")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Sex(models.TextChoices):
    FEMALE = "female", _("woman")
    MALE = "male", _("man")
    UNSAID = "unsaid", _("prefer not to say")


class AgeBand(models.TextChoices):
    UNDER_18 = "u18", _("under 18")
    TO_25 = "18_25", "18–25"
    TO_35 = "26_35", "26–35"
    TO_45 = "36_45", "36–45"
    TO_60 = "46_60", "46–60"
    OVER_60 = "60p", _("over 60")
    UNSAID = "unsaid", _("prefer not to say")


class Category(models.TextChoices):
    DEPUTY = "deputy", _("kenesh deputy")
    AIYL_OKMOTU = "aiyl_okmotu", _("aiyl okmotu staff")
    STATE_BODY = "state_body", _("state body")
    ORGANISATION = "organisation", _("public organisation")
    TEACHER = "teacher", _("teacher")
    ACTIVIST = "activist", _("activist")
    OTHER = "other", _("other")
    UNSAID = "unsaid", _("prefer not to say")


class Disability(models.TextChoices):
    YES = "yes", _("yes")
    NO = "no", _("no")
    UNSAID = "unsaid", _("prefer not to say")


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def enrolled(self) -> Self:
        return self.filter(state=EnrolmentState.ENROLLED)


class Enrolment(models.Model):
    """A person in a cohort.  The facts for counting are hers to give, and stand here, not on the person."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="enrolments")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="enrolments")
    state = models.CharField(max_length=10, choices=EnrolmentState, default=EnrolmentState.ENROLLED)
    language = models.CharField(_("language"), max_length=2)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex, default=Sex.UNSAID)
    age_band = models.CharField(_("age"), max_length=6, choices=AgeBand, default=AgeBand.UNSAID)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    category = models.CharField(_("takes part as"), max_length=15, choices=Category, default=Category.UNSAID)
    disability = models.CharField(_("disability"), max_length=6, choices=Disability, default=Disability.UNSAID)
    enrolled_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cohort", "person"], name="enrolment_once_per_cohort")]
        indexes = [models.Index(fields=["cohort", "state", "enrolled_at"], name="enrolment_waiting_order")]

    def __str__(self) -> str:
        return f"enrolment {str(self.id)[-6:]}"


class Progress(models.Model):
    """A lesson that a participant has read."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="progress")
    lesson_code = models.CharField(max_length=10)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "lesson_code"], name="progress_once_per_lesson")]

    def __str__(self) -> str:
        return f"{self.enrolment_id}/{self.lesson_code}"


class Level(models.TextChoices):
    FOUNDING = "founding", _("founding trainer")
    CANDIDATE = "candidate", _("candidate trainer")
    CERTIFIED = "certified", _("certified trainer")
    MASTER = "master", _("master trainer")


class StandingState(models.TextChoices):
    ACTIVE = "active", _("active")
    DORMANT = "dormant", _("dormant")
    SUSPENDED = "suspended", _("suspended")
    WITHDRAWN = "withdrawn", _("withdrawn")
    REPLACED = "replaced", _("replaced by a later one")


CURRENT_STANDING_STATES = (StandingState.ACTIVE, StandingState.DORMANT, StandingState.SUSPENDED)


class StandingQuerySet(models.QuerySet["Standing"]):
    def usable(self, day: date) -> Self:
        """Those with which a cohort may be opened on `day`."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), state=StandingState.ACTIVE, starts_on__lte=day)


class Standing(models.Model):
    """What a person may train, at which level, in which languages and region, until when.

    The one fact that closes the loop trained → certified → trains: written here by apps that stand higher.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="standings")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="standings")
    module_code = models.CharField(max_length=10)
    level = models.CharField(max_length=10, choices=Level)
    languages = models.JSONField(default=list)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=StandingState, default=StandingState.ACTIVE)
    # Public steps back for a dormant trainer: {language: text}.
    steps_back = models.JSONField(default=dict)
    # The cohort in which she qualified: parent of the cohorts that she will lead.
    qualified_in = models.ForeignKey(Cohort, on_delete=models.PROTECT, null=True, related_name="+")
    # What granted it: a certificate's id, or for a founding standing the two people's proposal.
    granted_by = models.UUIDField(null=True)
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField()

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "module_code", "organisation"],
                condition=Q(state__in=["active", "dormant", "suspended"]),
                name="standing_one_current_per_module",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="standing_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.module_code} {str(self.id)[-6:]}"


class FoundingProposal(models.Model):
    """The first of two signatures under a founding standing; the second person's makes the standing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    module_code = models.CharField(max_length=10)
    languages = models.JSONField(default=list)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason"))
    proposed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")), name="founding_needs_two_people"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("person")), name="founding_not_by_oneself"
            ),
        ]

    def __str__(self) -> str:
        return f"founding {self.module_code} {str(self.id)[-6:]}"


class Coaching(models.Model):
    """A named coach beside a candidate, for a time."""

    standing = models.ForeignKey(Standing, on_delete=models.CASCADE, related_name="coachings")
    coach = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="coachings")
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="coaching_dates_in_order"),
            models.UniqueConstraint(fields=["standing", "coach", "starts_on"], name="coaching_once"),
        ]

    def __str__(self) -> str:
        return f"coaching {self.standing_id}"


def hours_of(minutes: int) -> Decimal:
    """Planned minutes as hours with one decimal: 450 → 7.5."""
    return (Decimal(minutes) / 60).quantize(Decimal("0.1"))
