"""A post-test that is over, for one person once more: she missed it, or her phone failed."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.assessments.actions.papers import CohortNotRunning
from lms.assessments.checks import may_be_given
from lms.assessments.models import Allowance, Attempt, AttemptState, LateReason, Moment, Paper
from lms.assessments.queries import has_answered
from lms.cohorts.models import Cohort, Enrolment, EnrolmentState
from lms.common.errors import ActionError
from lms.people.actions import record_audit
from lms.people.models import User


class NotOverYet(ActionError):
    code = "not_over_yet"
    message = _("Only a post-test that is closed is given to one person. This one is not, so she takes it as it is.")


class AnsweredAlready(ActionError):
    code = "answered_already"
    message = _("She has answered in this test. What was handed in stays, and it counts for the certificate.")


class HadItAlready(ActionError):
    code = "had_it_already"
    message = _("She has handed this test in after the others already. It is given to one person once.")


class ShownToAll(ActionError):
    """Closed before its cohort was, which somebody has opened again since."""

    code = "shown_to_all"
    message = _(
        "This cohort had been closed, and since then everybody may read the right answers. So this test is given to"
        " nobody any more."
    )


class NotToHerself(ActionError):
    code = "not_to_herself"
    message = _("Nobody gives a test to herself.")


class NoPlaceHere(ActionError):
    code = "no_place_here"
    message = _("She is not enrolled in the cohort of this test.")


class PastAlready(ActionError):
    code = "past_already"
    message = _("That time is past. Choose a later one.")


@transaction.atomic
def allow_later(
    *, paper: Paper, enrolment: Enrolment, until: datetime, reason: str, by: User, at: datetime
) -> Allowance:
    """She may write it until then; given again, the new time counts.  It ends with the cohort (`close_papers`).

    An attempt that she began without one answer goes: she begins anew, with the whole time.
    Handed in by an allowance, it is not given again.
    Raises NotToHerself, CohortNotRunning, NoPlaceHere, NotOverYet, ShownToAll, AnsweredAlready, HadItAlready,
    PastAlready.
    """
    cohort = Cohort.objects.select_for_update(no_key=True).get(pk=paper.cohort_id)
    locked = Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment.pk)
    if locked.person_id == by.pk:
        raise NotToHerself
    _check_may_allow(cohort, Paper.objects.defer("content").get(pk=paper.pk), locked, until, at)
    details = {"cohort": cohort.code, "module": paper.module_code, "until": until.isoformat(), "reason": reason}
    hers = Attempt.objects.select_for_update(no_key=True).filter(paper=paper, enrolment=locked)
    if begun := hers.first():
        details["begun"] = begun.started_at.isoformat()
        if has_answered(paper, locked):  # while this waited for her lock
            raise AnsweredAlready
        if begun.is_late and begun.state == AttemptState.SUBMITTED:
            raise HadItAlready
        begun.delete()
    new = {"until": until, "reason": LateReason(reason), "given_at": at}
    allowance, _made = Allowance.objects.update_or_create(paper=paper, enrolment=locked, defaults=new)
    record_audit(
        verb="allow_later", subject=locked, by=by, at=at, organisation_id=cohort.organisation_id, details=details
    )
    return allowance


def _check_may_allow(cohort: Cohort, paper: Paper, enrolment: Enrolment, until: datetime, at: datetime) -> None:
    if not cohort.is_live:
        raise CohortNotRunning
    if enrolment.cohort_id != cohort.pk or enrolment.state != EnrolmentState.ENROLLED:
        raise NoPlaceHere
    if paper.moment != Moment.POST or paper.closed_at is None:
        raise NotOverYet
    if not may_be_given(paper.closed_at, cohort):
        raise ShownToAll
    if has_answered(paper, enrolment):
        raise AnsweredAlready
    if until <= at:
        raise PastAlready
