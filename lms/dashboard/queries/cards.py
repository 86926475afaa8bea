"""A cohort as a card shows it: only the columns that stand there."""

from django.db.models import QuerySet

from lms.cohorts.models import Cohort
from lms.common.languages import LANGUAGE_CODES


def on_card(to_cohort: str = "") -> list[str]:
    """What a card says of a cohort: the columns, from the model that leads `to_cohort`."""
    names = ["code", "state", "joining_open", "starts_on", "ends_on", *(f"title_{code}" for code in LANGUAGE_CODES)]
    return [to_cohort + name for name in names]


def region_on_card(to_cohort: str = "") -> list[str]:
    """The same of its region: the name."""
    return [f"{to_cohort}region__name_{code}" for code in LANGUAGE_CODES]


def in_short(cohorts: QuerySet[Cohort]) -> QuerySet[Cohort]:
    """With the region, whose name stands on the card, and no organisation."""
    return cohorts.select_related(None).select_related("region").only(*on_card(), *region_on_card())
