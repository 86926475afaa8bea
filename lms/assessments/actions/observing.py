"""What observers saw: teach-backs among the participants, and real sessions of those who already train."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from lms.assessments.models import Observation, ObservationKind
from lms.assessments.permissions import may_observe_session, may_observe_teach_back
from lms.cohorts.models import Cohort, EnrolmentState, Session
from lms.cohorts.queries import leader_of
from lms.common.errors import ActionError
from lms.people.actions import record_audit
from lms.people.models import User
from lms.people.permissions import is_in_doubt


class CannotObserve(ActionError):
    """Nobody observes herself, and only those observe who have the part for it."""

    code = "cannot_observe"
    message = _("You cannot record this observation. Another trainer, an observer or a coach can.")


class PinIsKnown(ActionError):
    """Two observers have to be two people: whoever printed the card of one could be both."""

    code = "pin_is_known"
    message = _(
        "Somebody else printed your card and knows its PIN, so your word could be hers. Make a new PIN under "
        "“My data and consents” first; if your roles sleep, wake them."
    )


class NotLeading(ActionError):
    """A real session is one that the observed person leads; a teach-back is of somebody enrolled."""

    code = "not_of_this_cohort"
    message = _("This person does not belong to what was observed. Choose another person or session.")


class SecondOpinion(ActionError):
    """This observer has spoken about this occasion; she corrects what she said instead."""

    code = "observed_already"
    message = _("You have recorded this already. Correct that record, or choose another occasion.")


class NotYourObservation(ActionError):
    """Only who recorded it corrects it, and only the record that holds."""

    code = "not_your_observation"
    message = _("Only the person who recorded an observation can correct it.")


class SaysTheSame(ActionError):
    """A correction that corrects nothing would stand as evidence of a change that never was."""

    code = "says_the_same"
    message = _("This says the same as your record. Change something, or leave the record as it is with “Cancel”.")


@transaction.atomic
def record_observation(
    *,
    kind: str,
    person: User,
    cohort: Cohort,
    module_code: str,
    passed: bool,
    note: str,
    observed_on: date,
    by: User,
    at: datetime,
    occasion: int = 1,
    session: Session | None = None,
) -> Observation:
    """One observer's word on one teach-back or real session; a teach-back counts when two saw it and all say passed.

    Raises CannotObserve, PinIsKnown, NotLeading, SecondOpinion.
    """
    if is_in_doubt(by):
        raise PinIsKnown
    if kind == ObservationKind.TEACH_BACK:
        _check_teach_back(person, cohort, by)
    else:
        _check_real_session(person, cohort, session, by)
    observation = Observation(
        kind=kind,
        person=person,
        cohort=cohort,
        module_code=module_code,
        session=session,
        occasion=occasion,
        observer=by,
        passed=passed,
        note=note,
        observed_on=observed_on,
        created_at=at,
    )
    return _insert(observation, by, at)


@transaction.atomic
def correct_observation(
    *, observation: Observation, passed: bool, note: str, observed_on: date, by: User, at: datetime
) -> Observation:
    """A new row in place of the old one, which stays.  Raises PinIsKnown, NotYourObservation, SaysTheSame."""
    if is_in_doubt(by):
        raise PinIsKnown
    if observation.observer_id != by.pk or observation.corrected_by.exists():
        raise NotYourObservation
    # A browser sends other line ends than a file or a programme has written.
    before = (observation.passed, observation.note.splitlines(), observation.observed_on)
    if (passed, note.splitlines(), observed_on) == before:
        raise SaysTheSame
    kept = {
        field.attname: getattr(observation, field.attname)
        for field in Observation._meta.concrete_fields
        if field.attname not in {"id", "corrects_id", "passed", "note", "observed_on", "created_at"}
    }
    correction = Observation(
        **kept, corrects=observation, passed=passed, note=note, observed_on=observed_on, created_at=at
    )
    return _insert(correction, by, at)


def _check_teach_back(person: User, cohort: Cohort, by: User) -> None:
    if by == person or not may_observe_teach_back(by, cohort):
        raise CannotObserve
    if not cohort.enrolments.filter(person=person, state=EnrolmentState.ENROLLED).exists():
        raise NotLeading


def _check_real_session(person: User, cohort: Cohort, session: Session | None, by: User) -> None:
    if by == person or not may_observe_session(by, cohort):
        raise CannotObserve
    if session is None or session.cohort_id != cohort.pk or not session.counts or leader_of(session) != person:
        raise NotLeading


def _insert(observation: Observation, by: User, at: datetime) -> Observation:
    try:
        with transaction.atomic():
            observation.save(force_insert=True)
    except IntegrityError as error:
        said = _said_before(observation)
        if said is None:
            raise SecondOpinion from error
        return said
    record_audit(
        verb="correct_observation" if observation.corrects_id else "record_observation",
        subject=observation,
        by=by,
        at=at,
        organisation_id=observation.cohort.organisation_id,
        details={"kind": observation.kind, "module": observation.module_code, "occasion": observation.occasion},
    )
    return observation


def _said_before(observation: Observation) -> Observation | None:
    """The same words by the same observer about the same occasion: a form that was sent twice."""
    names = (
        "kind",
        "person",
        "cohort",
        "module_code",
        "session",
        "occasion",
        "observer",
        "passed",
        "note",
        "observed_on",
        "corrects",
    )
    same = {name: getattr(observation, name) for name in names}
    filled = {name: value for name, value in same.items() if value is not None}
    return Observation.objects.filter(**filled, corrected_by__isnull=True).first()
