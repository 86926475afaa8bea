"""A country with two organisations and three cohorts, in each of which everything has happened once, and everybody in
it who may knock at a door.
"""

from dataclasses import dataclass
from typing import Any

from lms.cohorts.models import Cohort
from lms.people.models import Organisation, RoleKind, User
from lms.people.tasks import mirror_roles
from lms.regions.models import Region
from tests.factories.certificates import make_graduate
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import PASSWORD, make_country, make_organisation, make_role, make_staff
from tests.house import furnish, texts

OWN, OTHER, FOREIGN = "own", "other", "foreign"


@dataclass(frozen=True)
class World:
    """Who asks, by role (None: nobody is signed in), and whose things she asks for."""

    people: dict[str, User | None]
    things: dict[str, dict[str, Any]]


def make_world() -> World:
    """One's own cohort in Batken, one of the same organisation in Naryn, and another organisation's in Batken."""
    regions = make_country()
    ours, theirs = make_organisation("alga"), make_organisation("other")
    staff, others, strangers = _staff(ours), _staff(ours), _staff(theirs)
    lead, helper = make_staff("lead"), make_staff("helper")
    make_role(lead, RoleKind.TRAINER, ours)
    own = make_cohort(ours, regions["KG-B"], lead, co_trainers=(helper,))
    other, foreign = make_cohort(ours, regions["KG-N"]), make_cohort(theirs, regions["KG-B"])
    things = {
        OWN: _furnished(own, staff),
        # Coached, observed and waited for by other people; administered and coordinated by the same.
        OTHER: _furnished(other, others | {name: staff[name] for name in ("coordinator", "administrator")}),
        FOREIGN: _furnished(foreign, strangers),
    }
    people = {
        "visitor": None,
        **_participants(own),
        "lead": lead,
        "helper": helper,
        **{name: staff[name] for name in ("graduate", "coach", "observer", "coordinator", "monitor", "administrator")},
        **_coordinators(ours, regions),
        "colleague": other.trainers.get().person,
        "foreign_coordinator": strangers["coordinator"],
        "foreign_lead": foreign.trainers.get().person,
        **_writers(ours, regions["KG-B"]),
        "superuser": User.objects.create_superuser("root", PASSWORD),
    }
    written = texts()
    mirror_roles()
    return World(people, {whose: found | written for whose, found in things.items()})


def _staff(organisation: Organisation) -> dict[str, Any]:
    kinds = ("coach", "observer", "coordinator", "monitor", "administrator", "trainer")
    people = {kind: make_staff() for kind in kinds}
    for kind, person in people.items():
        make_role(person, kind, organisation)
    return people


def _furnished(cohort: Cohort, staff: dict[str, Any]) -> dict[str, Any]:
    staff["graduate"] = make_graduate(cohort).person
    return furnish(cohort, {"lead": cohort.trainers.get(part="lead").person, **staff})


def _participants(cohort: Cohort) -> dict[str, User]:
    states = {"enrolled": "enrolled", "waiting": "waiting", "left": "withdrawn"}
    return {name: make_enrolment(cohort, state=state).person for name, state in states.items()}


def _coordinators(organisation: Organisation, regions: dict[str, Region]) -> dict[str, User]:
    """Of the cohort's region, and of another one."""
    people = {"regional": make_staff("regional"), "elsewhere": make_staff("elsewhere")}
    make_role(people["regional"], RoleKind.COORDINATOR, organisation, regions["KG-B"])
    make_role(people["elsewhere"], RoleKind.COORDINATOR, organisation, regions["KG-N"])
    return people


def _writers(organisation: Organisation, region: Region) -> dict[str, User]:
    """Whoever works in the editor."""
    people = {kind: make_staff(kind) for kind in (RoleKind.EDITOR, RoleKind.TRANSLATOR, RoleKind.REGIONAL_AUTHOR)}
    for kind, person in people.items():
        make_role(person, kind, organisation, region if kind == RoleKind.REGIONAL_AUTHOR else None)
    return {str(kind): person for kind, person in people.items()}
