"""What everybody may read of cohorts to come: of those whose people chose to be shown, and nothing that tells who."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from lms.cohorts.models import Cohort
from lms.common.languages import LANGUAGE_NAMES, pick
from lms.regions.models import Region

# So many stand on the first page.
LISTED = 12


@dataclass(frozen=True)
class ListedCohort:
    """One line of the public first page, in the active language; it holds no more than may be shown there."""

    modules: list[str]
    oblast: str
    starts_on: date
    ends_on: date
    languages: str
    organisation: str
    contact: str
    joining_open: bool


def listed_cohorts(day: date) -> list[ListedCohort]:
    """Those that begin on `day` or later, the next first.  Three queries.

    One that has begun is not shown: that would say where people meet today.
    """
    cohorts = Cohort.objects.live().filter(listed_publicly=True, starts_on__gte=day)
    found = cohorts.select_related("organisation", "region").prefetch_related("modules").order_by("starts_on", "pk")
    listed = list(found[:LISTED])
    oblasts = _oblasts(cohort.region for cohort in listed)
    return [_line(cohort, oblasts) for cohort in listed]


def _line(cohort: Cohort, oblasts: dict[str, str]) -> ListedCohort:
    modules = sorted(cohort.modules.all(), key=lambda module: module.position)
    return ListedCohort(
        modules=[pick(module.pinned.get("titles", {})) or module.module_code for module in modules],
        oblast=oblasts[_oblast_path(cohort.region)],
        starts_on=cohort.starts_on,
        ends_on=cohort.ends_on,
        languages=", ".join(LANGUAGE_NAMES[code] for code in cohort.languages),
        organisation=cohort.organisation.name,
        contact=cohort.organisation.contact,
        joining_open=cohort.joining_open,
    )


def _oblasts(regions: Iterable[Region]) -> dict[str, str]:
    """The name of each region's oblast or city, by its path."""
    paths = {_oblast_path(region) for region in regions}
    return {region.path: region.name for region in Region.objects.filter(path__in=paths)}


def _oblast_path(region: Region) -> str:
    return region.path[: 2 * Region.steplen]
