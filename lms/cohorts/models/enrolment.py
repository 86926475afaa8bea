"""A person in a cohort, what she chose to say for counting, and what she has read."""

from dataclasses import dataclass
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lms.cohorts.models.cohort import PERSON, Cohort
from lms.common.codes import new_id
from lms.common.languages import LANGUAGE_NAMES
from lms.regions.models import Region


class EnrolmentState(models.TextChoices):
    WAITING = "waiting", _("on the waiting list")
    ENROLLED = "enrolled", _("enrolled")
    WITHDRAWN = "withdrawn", pgettext_lazy("people who left a cohort", "withdrawn")


class WithdrawalReason(models.TextChoices):
    """Codes alone: what somebody writes about a person who left would be read long after."""

    CANNOT_COME = "cannot_come", _("cannot come any more")
    OWN_WISH = "own_wish", _("does not want to go on")
    MISTAKE = "mistake", _("enrolled by mistake")
    OTHER = "other", _("another reason")
    # Written by `transfer_enrolment` alone.
    TRANSFERRED = "transferred", _("transferred to another cohort")
    # Written by `unite_enrolments` alone.
    MERGED = "merged", _("gave way to another row of the same person")


# Of these only the verbs that name them speak: nobody chooses them, and nobody comes back from them.
REASONS_OF_VERBS = (WithdrawalReason.TRANSFERRED, WithdrawalReason.MERGED)


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


@dataclass(frozen=True)
class Facts:
    """What a person says of herself for counting, if she wants to."""

    sex: str = Sex.UNSAID
    age_band: str = AgeBand.UNSAID
    region: Region | None = None
    category: str = Category.UNSAID
    disability: str = Disability.UNSAID


NOTHING_SAID = Facts()


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def enrolled(self) -> Self:
        return self.filter(state=EnrolmentState.ENROLLED)

    def people(self) -> Self:
        """One row a person: without those that gave way to another row of hers in the same cohort."""
        return self.exclude(withdrawn_reason=WithdrawalReason.MERGED)


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
    withdrawn_reason = models.CharField(max_length=12, choices=WithdrawalReason, blank=True)
    # The enrolments from which she was transferred here, all of them: their marks of the same lessons count here too.
    carries = models.ManyToManyField("self", symmetrical=False, related_name="carried_by")

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cohort", "person"], name="enrolment_once_per_cohort")]
        indexes = [models.Index(fields=["cohort", "state", "enrolled_at"], name="enrolment_waiting_order")]

    def __str__(self) -> str:
        return f"enrolment {str(self.id)[-6:]}"

    @property
    def language_name(self) -> str:
        """Кыргызча"""
        return LANGUAGE_NAMES[self.language]

    @property
    def may_come_back(self) -> bool:
        """She left, and not to another cohort: from there she is transferred back."""
        return self.state == EnrolmentState.WITHDRAWN and self.withdrawn_reason not in REASONS_OF_VERBS

    @property
    def facts(self) -> Facts:
        """What she said, as one value."""
        return Facts(self.sex, self.age_band, self.region, self.category, self.disability)


class Progress(models.Model):
    """A lesson that a participant has read."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="progress")
    lesson_code = models.CharField(max_length=10)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "lesson_code"], name="progress_once_per_lesson")]

    def __str__(self) -> str:
        return f"{self.enrolment_id}/{self.lesson_code}"
