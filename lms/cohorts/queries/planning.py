"""What somebody may choose while she plans a cohort."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from curricula.queries import ModuleOutline, module_outlines
from lms.cohorts.checks import spoken
from lms.cohorts.models import ENDED_STATES, Cohort, CohortModule, CohortTrainer, Standing, TrainerPart
from lms.cohorts.permissions import PLANNING_ROLES, usable_standings
from lms.common.alphabet import alphabetical
from lms.people.models import Organisation, Role, RoleKind, User
from lms.people.permissions import active_roles
from lms.people.queries import organisations_for
from lms.regions.models import Region, RegionKind


@dataclass(frozen=True)
class PlanningRight:
    """For one organisation: as its coordinator, or with standing for some modules."""

    organisation: Organisation
    coordinates: bool
    # Tree paths below which she may plan; "" is the whole country.
    paths: tuple[str, ...]
    # Empty: every module.
    module_codes: tuple[str, ...]
    # By which she plans for herself; empty for a coordinator, who chooses others.
    standings: tuple[Standing, ...] = ()

    @property
    def is_national(self) -> bool:
        """May she plan in the whole country?"""
        return "" in self.paths

    def manages(self, cohort: Cohort) -> bool:
        """Is it hers as a coordinator?"""
        ours = self.coordinates and self.organisation.pk == cohort.organisation_id
        return ours and any(cohort.region.path.startswith(path) for path in self.paths)

    def regions(self) -> QuerySet[Region]:
        """Where a cohort may be held: oblasts, cities and raions within her paths."""
        within = Q()
        for path in self.paths:
            within |= Q(path__startswith=path)
        return Region.objects.filter(within).exclude(kind=RegionKind.COUNTRY).order_by("path")

    def speaks(self, language: str, module_codes: Collection[str]) -> bool:
        """May one of these modules be trained in it, as far as is known before the trainers are chosen?"""
        hers = (standing for standing in self.standings if standing.module_code in module_codes)
        return self.coordinates or language in spoken(hers)

    def modules(self) -> list[ModuleOutline]:
        """What may be taught."""
        return module_outlines(list(self.module_codes) or None)


@dataclass(frozen=True)
class TrainerChoice:
    """Somebody who could train, with what she may train today, also where that rests."""

    person: User
    standings: tuple[Standing, ...]

    def lacks(self, module_codes: Sequence[str], region: Region) -> list[str]:
        """Modules that she may not train there."""
        active = [standing for standing in self.standings if not standing.is_dormant]
        held = {standing.module_code for standing in active if standing.holds_in(region)}
        return [code for code in module_codes if code not in held]

    def speaks(self, module_codes: Collection[str], region: Region) -> set[str]:
        """The languages in which she may train one of these modules there."""
        active = [standing for standing in self.standings if not standing.is_dormant and standing.holds_in(region)]
        return spoken(standing for standing in active if standing.module_code in module_codes)


def planning_rights(user: User) -> list[PlanningRight]:
    """Her rights by organisation, the coordinator's first: at most three queries."""
    organisations = {organisation.pk: organisation for organisation in organisations_for(user, *PLANNING_ROLES)}
    coordinated: dict[Organisation, list[str]] = {organisation: [] for organisation in organisations.values()}
    for role in active_roles(user):
        if role.kind in PLANNING_ROLES:
            coordinated[organisations[role.organisation_id]].append(role.region_path)
    rights = [PlanningRight(organisation, True, tuple(paths), ()) for organisation, paths in coordinated.items()]
    trained: dict[Organisation, list[Standing]] = {}
    for standing in usable_standings(user, timezone.localdate()):
        if standing.organisation not in coordinated:
            trained.setdefault(standing.organisation, []).append(standing)
    return rights + [_trainers_right(organisation, standings) for organisation, standings in trained.items()]


def _trainers_right(organisation: Organisation, standings: Sequence[Standing]) -> PlanningRight:
    paths = tuple(standing.region.path if standing.region else "" for standing in standings)
    codes = tuple(dict.fromkeys(standing.module_code for standing in standings))
    return PlanningRight(organisation, False, paths, codes, tuple(standings))


def trainer_choices(organisation: Organisation, day: date) -> list[TrainerChoice]:
    """Everybody with standing or a trainer's role in the organisation, by display name: two queries.

    Also those whose licence rests: as co-trainers they bring it back.
    """
    found: dict[User, list[Standing]] = {}
    standings = Standing.objects.in_force(day).of_colleagues().filter(organisation=organisation)
    standings = standings.filter(person__is_active=True)
    for standing in standings.select_related("person", "region").order_by("module_code"):
        found.setdefault(standing.person, []).append(standing)
    roles = Role.objects.active(day).filter(organisation=organisation, kind=RoleKind.TRAINER, person__is_active=True)
    for role in roles.select_related("person"):
        found.setdefault(role.person, [])
    choices = [TrainerChoice(person, tuple(held)) for person, held in found.items()]
    return sorted(choices, key=lambda choice: alphabetical(choice.person.display_name))


@dataclass(frozen=True)
class UnfitLead:
    """A cohort, and the modules that its lead trainer may not train there."""

    cohort: Cohort
    modules: list[str]


def unfit_leads(cohorts: Collection[UUID], day: date) -> list[UnfitLead]:
    """Those of these cohorts that their lead trainer could not open on `day`: two queries.

    She has left the organisation, or her standing is none, or it ended or ends before they begin.
    """
    modules = CohortModule.objects.filter(cohort__in=cohorts, cohort__trainers__part=TrainerPart.LEAD)
    modules = modules.annotate(lead=F("cohort__trainers__person")).select_related("cohort__region")
    taught = list(modules.order_by("cohort", "position"))
    usable = Standing.objects.usable(day).of_colleagues().filter(person__in={module.lead for module in taught})
    held = list(usable.select_related("region"))
    unfit: dict[UUID, UnfitLead] = {}
    for module in taught:
        hers = [one for one in held if (one.person_id, one.module_code) == (module.lead, module.module_code)]
        if not any(standing.serves(module.cohort, day) for standing in hers):
            unfit.setdefault(module.cohort_id, UnfitLead(module.cohort, [])).modules.append(module.module_code)
    return list(unfit.values())


@dataclass(frozen=True)
class Orphaned:
    """An organisation that would be left without a coordinator, and how many of its cohorts go on."""

    organisation: Organisation
    cohorts: int


def led_here(person: User, *, administrator: User) -> QuerySet[Cohort]:
    """The cohorts of the administrator's organisations that this person leads and that have not ended."""
    organisations = organisations_for(administrator, RoleKind.ADMINISTRATOR)
    led = CohortTrainer.objects.filter(person=person, part=TrainerPart.LEAD).values("cohort")
    going_on = Cohort.objects.exclude(state__in=ENDED_STATES).filter(pk__in=led, organisation__in=organisations)
    return going_on.order_by("code")


def orphaned_without(person: User, *, administrator: User, day: date) -> list[Orphaned]:
    """Of the administrator's organisations those in which this person alone coordinates on `day`."""
    alone = []
    for organisation in organisations_for(administrator, RoleKind.ADMINISTRATOR):
        roles = Role.objects.active(day).filter(organisation=organisation, kind__in=PLANNING_ROLES)
        coordinators = set(roles.filter(person__is_active=True).values_list("person", flat=True))
        if coordinators == {person.pk}:
            going_on = Cohort.objects.live().filter(organisation=organisation).count()
            alone.append(Orphaned(organisation, going_on))
    return alone
