"""Who may train what, and who is proposed as a founding trainer."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import DateTimeField, F, Q, QuerySet
from django.utils import timezone

from lms.cohorts.models import CURRENT_STANDING_STATES, FoundingProposal, Level, Standing
from lms.cohorts.permissions import FOUNDING_ROLES, PLANNING_ROLES
from lms.common.alphabet import alphabetical
from lms.common.prepared import prepared
from lms.people.models import PROPOSAL_HOLDS, Organisation, Role, RoleKind, User
from lms.people.permissions import Reader, active_roles, leavers_of, left_by, scope_filter
from lms.people.queries import signing_line
from lms.regions.models import Region, RegionKind

# How long a proposal to which somebody, or nobody, said no stays in sight, from its day on.
SETTLED_SHOWN = timedelta(days=60)
LEVEL_ORDER = (Level.MASTER, Level.FOUNDING, Level.CERTIFIED, Level.CANDIDATE)


def current_standing(person: User, module_code: str, day: date) -> Standing | None:
    """The highest standing for the module that may be used on `day`."""
    standings = Standing.objects.usable(day).filter(person=person, module_code=module_code)
    ranked = sorted(standings.select_related("region"), key=lambda standing: LEVEL_ORDER.index(Level(standing.level)))
    return ranked[0] if ranked else None


def standings_for(user: User) -> QuerySet[Standing]:
    """Her own, her trainees', and those of the organisation and region that she coordinates or administers.

    No trainee's for an organisation that she has left.
    """
    by_role = scope_filter(user, FOUNDING_ROLES, "organisation", "region__path")
    coached = Q(coachings__coach=user, coachings__ends_on__gte=timezone.localdate())
    coached &= ~Q(organisation__id__in=left_by(user))
    ids = Standing.objects.filter(by_role | Q(person=user) | coached).values("pk")
    standings = Standing.objects.filter(pk__in=ids, state__in=CURRENT_STANDING_STATES)
    return standings.select_related("person", "organisation", "region", "qualified_in").order_by("module_code", "pk")


def managed_standings_for(user: User) -> QuerySet[Standing]:
    """Those whose coach she may name: standings of what she coordinates."""
    return standings_for(user).filter(scope_filter(user, PLANNING_ROLES, "organisation", "region__path"))


def founding_proposals_for(user: User) -> QuerySet[FoundingProposal]:
    """Proposals that wait for a second signature, where hers could be one."""
    return _waiting_since(user, timezone.now() - PROPOSAL_HOLDS)


def _waiting_since(user: Any, since: Any) -> QuerySet[FoundingProposal]:
    proposals = FoundingProposal.objects.filter(scope_filter(user, FOUNDING_ROLES, "organisation", "region__path"))
    waiting = proposals.unsettled().filter(proposed_at__gt=since)
    return waiting.select_related("person", "organisation", "region", "proposed_by").order_by("proposed_at", "pk")


def settled_founding_for(user: User, at: datetime) -> list[FoundingProposal]:
    """Those of the last weeks that somebody declined or nobody answered, the newest first; none about herself.

    What colleagues wrote for one another about her is not hers to read.
    """
    said_no = Q(declined_by__isnull=False) & ~Q(declined_by=F("proposed_by"))
    lapsed = Q(declined_at__isnull=True, proposed_at__lte=at - PROPOSAL_HOLDS)
    found = FoundingProposal.objects.filter(scope_filter(user, FOUNDING_ROLES, "organisation", "region__path"))
    recent = found.filter(said_no | lapsed, confirmed_at__isnull=True, proposed_at__gt=at - SETTLED_SHOWN)
    people = ("person", "organisation", "region", "proposed_by", "declined_by")
    return list(recent.exclude(person=user).select_related(*people).order_by("-proposed_at", "-pk"))


def waiting_for_signature_of(user: User) -> list[FoundingProposal]:
    """The proposals of others, about others, whose second signature may be hers."""
    found = _proposals_of_others(user=user, since=timezone.now() - PROPOSAL_HOLDS)
    hers = signing_line(user.pk) if found else set()
    return [proposal for proposal in found if not hers & signing_line(proposal.proposed_by_id, proposal.proposed_at)]


@prepared(user=Reader(), since=DateTimeField())
def _proposals_of_others(user: Any, since: Any) -> QuerySet[FoundingProposal]:
    return _waiting_since(user, since).select_related(None).exclude(Q(proposed_by=user) | Q(person=user))


def coach_choices(organisation: Organisation, day: date) -> list[User]:
    """Who may coach: the organisation's coaches and observers, and its trainers beyond the candidates.

    Nobody who has left it.
    """
    roles = Role.objects.active(day).filter(organisation=organisation, kind__in=[RoleKind.COACH, RoleKind.OBSERVER])
    trainers = Standing.objects.usable(day).filter(organisation=organisation).exclude(level=Level.CANDIDATE)
    able = User.objects.filter(Q(pk__in=roles.values("person")) | Q(pk__in=trainers.values("person")), is_active=True)
    return _by_name(able.exclude(pk__in=leavers_of(organisation.pk).values("person")))


def founding_candidates(user: User, organisations: Sequence[Organisation]) -> list[User]:
    """Who may be proposed as a founding trainer: everybody else with a role in these organisations."""
    roles = Role.objects.active(timezone.localdate()).filter(organisation__in=organisations)
    return _by_name(User.objects.filter(pk__in=roles.values("person")).exclude(pk=user.pk))


def founding_regions(user: User) -> tuple[list[Region], bool]:
    """The regions for which she may sign, and whether she may for the whole country."""
    paths = {role.region_path for role in active_roles(user) if role.kind in FOUNDING_ROLES}
    within = Q()
    for path in paths:
        within |= Q(path__startswith=path)
    regions = Region.objects.filter(within).exclude(kind=RegionKind.COUNTRY).order_by("path")
    return (list(regions) if paths else [], "" in paths)


def _by_name(people: QuerySet[User]) -> list[User]:
    return sorted(people.order_by("pk"), key=lambda person: alphabetical(person.display_name))
