"""People around one cohort: who leads it, who coordinates it, and who must not see it."""

from dataclasses import dataclass

import pytest
from django.utils import timezone, translation

from lms.cohorts.models import Cohort
from lms.people.actions import renew_pins
from lms.people.models import Organisation, RoleKind, User
from lms.regions.models import Region
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import make_country, make_organisation, make_person, make_role, make_staff
from tests.factories.remembered import made_once


@pytest.fixture(autouse=True)
def _in_english():
    """The test client leaves the language of its last page active."""
    with translation.override("en"):
        yield


@dataclass
class Scene:
    """One open cohort in Batken, run by `lead`, and everybody who may knock at its doors."""

    organisation: Organisation
    region: Region
    cohort: Cohort
    lead: User
    coordinator: User
    participant: User
    # Strangers: each has the same kind of right elsewhere.
    other_lead: User
    other_coordinator: User
    elsewhere: User
    monitor: User

    @property
    def strangers(self) -> list[User]:
        """Whoever must get 404: trainer of another cohort, coordinators of another organisation and region, officer."""
        return [self.other_lead, self.other_coordinator, self.elsewhere, self.monitor]


@pytest.fixture
def scene(db: None) -> Scene:
    """The cohort with its people."""
    return make_scene()


@made_once
def make_scene() -> Scene:
    """As if nothing had happened before."""
    regions = make_country()
    organisation, other = make_organisation("alga"), make_organisation("other")
    region = regions["KG-B"]
    coordinator, other_coordinator = make_staff("coordinator"), make_staff("coordinator2")
    elsewhere, monitor = make_staff("elsewhere"), make_staff("monitor")
    make_role(coordinator, RoleKind.COORDINATOR, organisation, region)
    make_role(other_coordinator, RoleKind.COORDINATOR, other)
    make_role(elsewhere, RoleKind.COORDINATOR, organisation, regions["KG-N"])
    make_role(monitor, RoleKind.MONITOR, organisation)
    lead = make_staff("lead", "Нурзада")
    cohort = make_cohort(organisation, region, lead)
    other_cohort = make_cohort(organisation, regions["leilek"])
    participant = make_person("Айгүл Өмүрова")
    make_enrolment(cohort, participant)
    return Scene(
        organisation,
        region,
        cohort,
        lead,
        coordinator,
        participant,
        other_cohort.trainers.get().person,
        other_coordinator,
        elsewhere,
        monitor,
    )


@pytest.fixture
def colleague(scene) -> User:
    """She signs in by card, observes for the house, and knows her PIN alone."""
    make_role(scene.participant, RoleKind.OBSERVER, scene.organisation, scene.region)
    renew_pins(people=[scene.participant], by=scene.participant, at=timezone.now())
    return scene.participant


@pytest.fixture
def administrator(scene) -> User:
    return make_role(make_staff("administrator"), RoleKind.ADMINISTRATOR, scene.organisation).person
