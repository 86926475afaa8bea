"""Enrolment: a place or the waiting list, admission, withdrawal, and what she has read."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.cohorts.actions.opening import lock_unended
from lms.cohorts.models import (
    NOTHING_SAID,
    Cohort,
    Enrolment,
    EnrolmentState,
    Facts,
    Pin,
    PinKind,
    Progress,
    WithdrawalReason,
)
from lms.cohorts.queries import may_be_brought_back, places_left
from lms.common.errors import ActionError
from lms.people.actions import record_audit, require_living
from lms.people.models import User


class JoiningClosed(ActionError):
    code = "joining_closed"
    message = _("Enrolment by this poster is closed. Ask the trainer.")


class TrainsHere(ActionError):
    code = "trains_here"
    message = _("Whoever trains a cohort does not take part in it.")


class CohortFull(ActionError):
    code = "cohort_full"
    message = _("All places are taken. Raise the capacity, or withdraw somebody who will not come.")


class NotWaiting(ActionError):
    code = "not_waiting"
    message = _("This person is not on the waiting list.")


class WentElsewhere(ActionError):
    code = "went_elsewhere"
    message = _("She goes on in another cohort. Transfer her back from there.")


class NeedsHerYes(ActionError):
    """Whoever is enrolled can be read: a name given to another organisation is not to be had by one press."""

    code = "needs_her_yes"
    message = _(
        "Whoever left by her own wish, or has her card from another organisation, comes back by her own yes alone: she"
        " scans the poster and joins with her card."
    )


class NotInLesson(ActionError):
    code = "not_in_lesson"
    message = _("This lesson does not belong to your cohort.")


@transaction.atomic
def enrol_person(
    *, cohort: Cohort, person: User, by: User, at: datetime, language: str = "", facts: Facts = NOTHING_SAID
) -> Enrolment:
    """A place, or the waiting list where none is left.  Whoever is in already stays as she is.

    Raises CohortEnded, PersonErased, PersonMerged, TrainsHere, NeedsHerYes.
    """
    locked = lock_unended(cohort=cohort)
    require_living(person=User.objects.get(pk=person.pk))
    known = Enrolment.objects.filter(cohort=locked, person=person).first()
    if known and known.state != EnrolmentState.WITHDRAWN:
        return known
    if locked.trainers.filter(person=person).exists():
        raise TrainsHere
    if known and known.withdrawn_reason == WithdrawalReason.OWN_WISH and by.pk != person.pk:
        raise NeedsHerYes
    enrolment = known or Enrolment(cohort=locked, person=person)
    enrolment.state = EnrolmentState.ENROLLED if places_left(locked) else EnrolmentState.WAITING
    enrolment.language = language if language in locked.languages else locked.languages[0]
    enrolment.enrolled_at, enrolment.withdrawn_at, enrolment.withdrawn_reason = at, None, ""
    set_facts(enrolment=enrolment, facts=facts)
    enrolment.save()
    _note("enrol_person", enrolment, locked, by, at)
    return enrolment


@transaction.atomic
def join_cohort(*, cohort: Cohort, person: User, language: str, by: User, at: datetime) -> Enrolment:
    """By the poster.  Raises JoiningClosed, TrainsHere."""
    locked = Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    if not locked.is_live or not locked.joining_open:
        raise JoiningClosed
    return enrol_person(cohort=locked, person=person, language=language, by=by, at=at)


@transaction.atomic
def admit_enrolment(*, enrolment: Enrolment, by: User, at: datetime) -> Enrolment:
    """From the waiting list to a place.  Raises CohortEnded, NotWaiting, CohortFull."""
    cohort = lock_unended(cohort=enrolment.cohort)
    locked = Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment.pk)
    if locked.state != EnrolmentState.WAITING:
        raise NotWaiting
    if not places_left(cohort):
        raise CohortFull
    locked.state = EnrolmentState.ENROLLED
    locked.save(update_fields=["state"])
    _note("admit_enrolment", locked, cohort, by, at)
    return locked


@transaction.atomic
def withdraw_enrolment(*, enrolment: Enrolment, reason: str, by: User, at: datetime) -> Enrolment:
    """She leaves, for one of WithdrawalReason; what she did there stays, and she can be enrolled again.

    A repeat is harmless and keeps the first reason.  Raises CohortEnded.
    """
    cohort = lock_unended(cohort=enrolment.cohort)
    locked = Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment.pk)
    if locked.state == EnrolmentState.WITHDRAWN:
        return locked
    withdraw(enrolment=locked, reason=reason, at=at)
    _note("withdraw_enrolment", locked, cohort, by, at)
    return locked


@transaction.atomic
def withdraw_several(*, enrolments: Sequence[Enrolment], reason: str, by: User, at: datetime) -> int:
    """All of them or, where one is refused, none; returns for how many it was new.  Raises CohortEnded."""
    in_order = sorted(enrolments, key=lambda one: one.pk)
    done = [withdraw_enrolment(enrolment=enrolment, reason=reason, by=by, at=at) for enrolment in in_order]
    return sum(enrolment.withdrawn_at == at for enrolment in done)


@transaction.atomic
def enrol_again(*, enrolment: Enrolment, by: User, at: datetime) -> Enrolment:
    """She comes back as she was: a place, or the waiting list.

    Raises CohortEnded, WentElsewhere, PersonErased, PersonMerged, TrainsHere, NeedsHerYes.
    """
    left = Enrolment.objects.select_related("cohort", "person", "region").get(pk=enrolment.pk)
    if left.withdrawn_reason == WithdrawalReason.TRANSFERRED:
        raise WentElsewhere
    require_living(person=left.person)
    if not may_be_brought_back(left):
        raise NeedsHerYes
    language, facts = left.language, left.facts
    return enrol_person(cohort=left.cohort, person=left.person, language=language, facts=facts, by=by, at=at)


@transaction.atomic
def mark_lesson_read(*, enrolment: Enrolment, lesson_code: str, by: User, at: datetime) -> Progress:
    """She has read it; a repeat keeps the first date.  Raises NotInLesson."""
    if not Pin.objects.filter(cohort=enrolment.cohort_id, kind=PinKind.LESSON, code=lesson_code).exists():
        raise NotInLesson
    progress, _made = Progress.objects.get_or_create(
        enrolment=enrolment, lesson_code=lesson_code, defaults={"read_at": at}
    )
    return progress


def withdraw(*, enrolment: Enrolment, reason: str, at: datetime) -> None:
    """Writes onto a row under lock that she left."""
    enrolment.state, enrolment.withdrawn_at = EnrolmentState.WITHDRAWN, at
    enrolment.withdrawn_reason = WithdrawalReason(reason)
    enrolment.save(update_fields=["state", "withdrawn_at", "withdrawn_reason"])


def set_facts(*, enrolment: Enrolment, facts: Facts) -> None:
    """Writes what she said onto the unsaved row."""
    for name, value in vars(facts).items():
        setattr(enrolment, name, value)


def _note(verb: str, enrolment: Enrolment, cohort: Cohort, by: User, at: datetime) -> None:
    details = {"cohort": cohort.code, "state": enrolment.state}
    if enrolment.withdrawn_reason:
        details["reason"] = enrolment.withdrawn_reason
    record_audit(verb=verb, subject=enrolment, by=by, at=at, organisation_id=cohort.organisation_id, details=details)
