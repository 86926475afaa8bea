"""A participant goes on in another cohort of the same organisation that has the same modules."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.cohorts.actions.enrolments import CohortFull, enrol_person, withdraw
from lms.cohorts.actions.opening import CohortEnded, CohortNotLive
from lms.cohorts.models import Cohort, Enrolment, EnrolmentState, Progress, WithdrawalReason
from lms.cohorts.queries import module_codes_of, places_left, tie_of
from lms.common.errors import ActionError
from lms.people.actions import record_audit
from lms.people.models import User


class NoPlaceToLeave(ActionError):
    code = "no_place_to_leave"
    message = _("Only somebody with a place in this cohort is transferred. Look at her page again.")


class NoTransferThere(ActionError):
    code = "no_transfer_there"
    message = _("People are transferred within one organisation, to a cohort that has all modules of this one.")


class ThereAlready(ActionError):
    code = "there_already"
    message = _("This person is in the other cohort already.")


class StaysHere(ActionError):
    """Something of hers belongs to this cohort; what it is says the app that knows it (cohorts.queries.transfers)."""

    code = "stays_here"
    message = _("Something of hers belongs to this cohort.")


@transaction.atomic
def transfer_enrolment(*, enrolment: Enrolment, to: Cohort, by: User, at: datetime) -> Enrolment:
    """A place there, withdrawn here; language and facts go along, and marks and post-tests here count there.

    Raises CohortEnded, CohortNotLive, NoTransferThere, NoPlaceToLeave, StaysHere, ThereAlready, CohortFull,
    NeedsHerYes.
    """
    here, there = _lock_both(enrolment.cohort_id, to.pk)
    left = (
        Enrolment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("person", "region")
        .get(pk=enrolment.pk)
    )
    if left.state != EnrolmentState.ENROLLED:
        raise NoPlaceToLeave
    if tie := tie_of(left):
        raise StaysHere(tie.text)
    if there.enrolments.filter(person=left.person_id).exclude(state=EnrolmentState.WITHDRAWN).exists():
        raise ThereAlready
    if not places_left(there):
        raise CohortFull
    came = enrol_person(cohort=there, person=left.person, language=left.language, facts=left.facts, by=by, at=at)
    came.carries.set([left, *left.carries.exclude(pk=came.pk)])
    _carry_reading(left, came)
    withdraw(enrolment=left, reason=WithdrawalReason.TRANSFERRED, at=at)
    details = {"from": here.code, "to": there.code}
    organisation = here.organisation_id
    record_audit(verb="transfer_enrolment", subject=left, by=by, at=at, organisation_id=organisation, details=details)
    return came


def _carry_reading(left: Enrolment, came: Enrolment) -> None:
    """What she has read of these lessons she need not read again."""
    read = left.progress.values_list("lesson_code", "read_at")
    carried = [Progress(enrolment=came, lesson_code=code, read_at=when) for code, when in read]
    Progress.objects.bulk_create(carried, ignore_conflicts=True)


def _lock_both(from_id: UUID, to_id: UUID) -> tuple[Cohort, Cohort]:
    """Always in the same order: two people who exchange their places do not wait for one another."""
    both = Cohort.objects.select_for_update(no_key=True).filter(pk__in=[from_id, to_id]).order_by("pk")
    locked = {cohort.pk: cohort for cohort in both}
    here, there = locked[from_id], locked[to_id]
    if here.has_ended:
        raise CohortEnded
    if not there.is_live:
        raise CohortNotLive
    fits = module_codes_of(here) <= module_codes_of(there)
    if here.pk == there.pk or here.organisation_id != there.organisation_id or not fits:
        raise NoTransferThere
    return here, there
