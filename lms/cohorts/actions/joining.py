"""A new person who came by the poster, or through the door: made, asked for consent, enrolled, in one step."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.cohorts.actions.enrolments import enrol_person, join_cohort
from lms.cohorts.models import Cohort, Enrolment, EnrolmentState
from lms.common.errors import ActionError
from lms.people.actions import create_participant, record_consent, renew_pins
from lms.people.models import ConsentPurpose, User
from lms.people.queries import live_cards

# Waiting people per place: a poster that went round the internet fills no database.
WAITING_PER_PLACE = 3


class WaitingListFull(ActionError):
    code = "waiting_list_full"
    message = _("The waiting list is full as well. Please ask the trainer.")


class NewParticipant(NamedTuple):
    """Shown once on her screen and nowhere else."""

    enrolment: Enrolment
    card_code: str
    pin: str


@transaction.atomic
def join_as_new_person(*, cohort: Cohort, display_name: str, language: str, at: datetime) -> NewParticipant:
    """She agreed to the learning record on the screen.  Raises JoiningClosed, WaitingListFull, NotAName."""
    waiting = cohort.enrolments.filter(state=EnrolmentState.WAITING).count()
    if waiting >= WAITING_PER_PLACE * cohort.capacity:
        raise WaitingListFull
    person = create_participant(display_name=display_name, language=language, by=None, at=at)
    purpose = ConsentPurpose.LEARNING_RECORD
    record_consent(person=person, purpose=purpose, given=True, language=language, by=person, at=at)
    enrolment = join_cohort(cohort=cohort, person=person, language=language, by=person, at=at)
    pins = renew_pins(people=[person], by=person, at=at)
    return NewParticipant(enrolment, live_cards([person])[person.pk].code, pins[person.pk])


@transaction.atomic
def enrol_walk_in(
    *, cohort: Cohort, display_name: str, language: str, channel: str, by: User, at: datetime
) -> Enrolment:
    """Somebody without a telephone, written down by her trainer; she agreed in the room, by `channel`.

    Her card waits to be printed.  Raises CohortEnded, NotAName.
    """
    person = create_participant(display_name=display_name, language=language, by=by, at=at)
    purpose = ConsentPurpose.LEARNING_RECORD
    record_consent(person=person, purpose=purpose, given=True, language=language, channel=channel, by=by, at=at)
    return enrol_person(cohort=cohort, person=person, language=language, by=by, at=at)
