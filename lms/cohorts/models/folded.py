"""What erased people said of themselves, as counts: a person can be erased, and what was counted stays true."""

from django.db import models

from lms.cohorts.models.cohort import Cohort
from lms.cohorts.models.enrolment import EnrolmentState


class Fact(models.TextChoices):
    """The fields of an enrolment that are there for counting."""

    SEX = "sex"
    AGE_BAND = "age_band"
    REGION = "region"
    CATEGORY = "category"
    DISABILITY = "disability"


class FoldedFact(models.Model):
    """So many erased people of this cohort said this.  Their enrolments stay, and say nothing any more.

    Each fact is counted by itself: together, the answers of one person would single her out.  `cohorts.queries.
    facts_said` adds these to what the living say.
    """

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="folded_facts")
    # Of their enrolments: whoever left is counted apart from whoever stayed to the end.
    state = models.CharField(max_length=10, choices=EnrolmentState)
    fact = models.CharField(max_length=10, choices=Fact)
    # As on the enrolment; a region by its code.
    value = models.CharField(max_length=20)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cohort", "state", "fact", "value"], name="folded_fact_once"),
        ]

    def __str__(self) -> str:
        return f"{self.fact} {self.cohort_id}"
