"""A card is printed while its holder becomes somebody whose card is not to be printed: one of the two waits."""

import threading
import time

import pytest
from django.db import transaction

from lms.cohorts import actions
from lms.people.actions import OthersKnowHerPin, grant_role, renew_pins
from lms.people.models import Role, RoleKind, User
from tests.factories.cohorts import AT, make_cohort, make_enrolment, make_standing
from tests.factories.people import make_role, make_staff
from tests.parallel import at_once, real_database

pytestmark = pytest.mark.django_db(transaction=True)
WAITS = 0.5


@pytest.fixture
def place():
    """Of somebody with a card who may train here."""
    enrolment = make_enrolment(make_cohort())
    make_standing(enrolment.person, enrolment.cohort.organisation, "M2")
    return enrolment


def staff(place, kind: str) -> User:
    return make_role(make_staff(), kind, place.cohort.organisation).person


def giving(place, kind: str, *, by: User, meets: threading.Event):
    """A role, in a transaction that is not over when the printing begins."""

    def give() -> str:
        with transaction.atomic():
            role = grant_role(person=place.person, kind=kind, organisation=place.cohort.organisation, by=by, at=AT)
            meets.set()
            time.sleep(WAITS)
        return role.kind

    return give


def after(meets: threading.Event, call):
    def wait():
        meets.wait(10)
        return call()

    return wait


def test_whoever_gets_a_role_meanwhile_has_no_card_printed(place, tmp_path):
    lead, admin, meets = place.cohort.trainers.get().person, staff(place, RoleKind.ADMINISTRATOR), threading.Event()

    def printing():
        return actions.renew_cards(cohort=place.cohort, enrolments=[place], by=lead, at=AT)

    with real_database(tmp_path):
        given, printed = at_once(giving(place, RoleKind.OBSERVER, by=admin, meets=meets), after(meets, printing))
    assert given == RoleKind.OBSERVER
    assert isinstance(printed, actions.CardNotYours)


def test_whoever_rises_above_the_coordinator_meanwhile_is_not_put_to_sleep(place, tmp_path):
    coordinator, admin = staff(place, RoleKind.COORDINATOR), staff(place, RoleKind.ADMINISTRATOR)
    make_role(place.person, RoleKind.OBSERVER, place.cohort.organisation)
    renew_pins(people=[place.person], by=place.person, at=AT)
    meets = threading.Event()

    def renewing():
        return actions.renew_colleagues_card(enrolment=place, by=coordinator, at=AT)

    with real_database(tmp_path):
        given, renewed = at_once(giving(place, RoleKind.ADMINISTRATOR, by=admin, meets=meets), after(meets, renewing))
        [asleep] = at_once(Role.objects.filter(asleep_since__isnull=False).count)
    assert (given, asleep) == (RoleKind.ADMINISTRATOR, 0)
    assert isinstance(renewed, actions.CardNotYours)


def test_one_of_printing_and_giving_at_the_same_moment_is_refused(place, tmp_path):
    lead, admin = place.cohort.trainers.get().person, staff(place, RoleKind.ADMINISTRATOR)

    def printing():
        return actions.renew_cards(cohort=place.cohort, enrolments=[place], by=lead, at=AT)

    with real_database(tmp_path):
        done = at_once(printing, giving(place, RoleKind.OBSERVER, by=admin, meets=threading.Event()))
    assert [type(one) for one in done if isinstance(one, Exception)] in (
        [actions.CardNotYours],
        [OthersKnowHerPin],
    )
