"""What a person may train, who granted it, and who stands beside a candidate."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from lms.cohorts.models.cohort import PERSON, Cohort
from lms.common.codes import new_id
from lms.common.languages import LANGUAGE_NAMES, pick
from lms.people.models import Engagement, Organisation, TwoSignatures
from lms.regions.models import Region


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


# Between these two the nightly task of the cascade moves a standing; the others are people's decisions.
LIVING_STATES = (StandingState.ACTIVE, StandingState.DORMANT)
CURRENT_STANDING_STATES = (StandingState.ACTIVE, StandingState.DORMANT, StandingState.SUSPENDED)


class StandingQuerySet(models.QuerySet["Standing"]):
    def in_force(self, day: date) -> Self:
        """Those that hold on `day`, also while they rest."""
        return self._lasting(day).filter(state__in=LIVING_STATES)

    def current(self, day: date) -> Self:
        """The same with those that somebody suspended."""
        return self._lasting(day).filter(state__in=CURRENT_STANDING_STATES)

    def usable(self, day: date) -> Self:
        """Those with which a cohort may be opened on `day`."""
        return self._lasting(day).filter(state=StandingState.ACTIVE)

    def _lasting(self, day: date) -> Self:
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)

    def of_colleagues(self) -> Self:
        """Without those whose holder has left the organisation."""
        left = Engagement.objects.filter(person=OuterRef("person"), organisation=OuterRef("organisation"))
        return self.exclude(Exists(left.filter(left_at__isnull=False)))


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

    @property
    def language_names(self) -> str:
        """Кыргызча, Русский"""
        return ", ".join(LANGUAGE_NAMES[code] for code in self.languages)

    @property
    def is_suspended(self) -> bool:
        return self.state == StandingState.SUSPENDED

    @property
    def is_dormant(self) -> bool:
        """Does it rest: may she help as a co-trainer, and lead nothing?"""
        return self.state == StandingState.DORMANT

    @property
    def way_back(self) -> str:
        """The steps back in the active language; empty unless it rests."""
        return pick(self.steps_back)

    def holds_in(self, region: Region) -> bool:
        """Does it hold in this region?  Without a region of its own it holds in the whole country."""
        return self.region is None or region.path.startswith(self.region.path)

    def lasts_until(self, day: date) -> bool:
        """Does it still hold on `day`?"""
        return self.ends_on is None or self.ends_on >= day

    def serves(self, cohort: Cohort, day: date) -> bool:
        """May its holder train there: for this organisation, in this region, on `day` and when the cohort begins?"""
        is_here = self.organisation_id == cohort.organisation_id and self.holds_in(cohort.region)
        return is_here and self.lasts_until(max(day, cohort.starts_on))


class FoundingProposal(TwoSignatures):
    """The first of two signatures under a founding standing; the second person's makes the standing."""

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    module_code = models.CharField(max_length=10)
    languages = models.JSONField(default=list)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
                name="founding_needs_two_people",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("person")), name="founding_not_by_oneself"
            ),
        ]

    def __str__(self) -> str:
        return f"founding {self.module_code} {str(self.id)[-6:]}"

    @property
    def language_names(self) -> str:
        """Кыргызча, Русский"""
        return ", ".join(LANGUAGE_NAMES[code] for code in self.languages)


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
