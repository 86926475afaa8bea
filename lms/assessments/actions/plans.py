"""A candidate's own session plan: handed in, then accepted or asked for again."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.assessments.models import Submission, SubmissionState
from lms.assessments.queries import submissions_for
from lms.cohorts.models import Cohort
from lms.cohorts.queries import current_standing
from lms.common.errors import ActionError
from lms.people.actions import record_audit
from lms.people.models import User


class NotACandidate(ActionError):
    """She has no standing for the module."""

    code = "not_a_candidate"
    message = _("A session plan is handed in by candidate trainers. You become one after your teach-backs.")


class PlanWaits(ActionError):
    """One plan at a time."""

    code = "plan_waits"
    message = _("Your plan has been handed in and waits for an answer.")


class PlanNotYours(ActionError):
    """Only a coach or coordinator decides, never the author."""

    code = "plan_not_yours"
    message = _("Only the author's coach or coordinator can decide about this plan.")


class PlanDecided(ActionError):
    """Somebody was faster."""

    code = "plan_decided"
    message = _("This plan has been answered already.")


@transaction.atomic
def hand_in_plan(*, cohort: Cohort, module_code: str, title: str, text: str, by: User, at: datetime) -> Submission:
    """Her plan for a session of the module.  Raises NotACandidate, PlanWaits."""
    if current_standing(by, module_code, timezone.localdate(at)) is None:
        raise NotACandidate
    plan = Submission(person=by, cohort=cohort, module_code=module_code, title=title, text=text, handed_in_at=at)
    try:
        with transaction.atomic():
            plan.save(force_insert=True)
    except IntegrityError as error:
        # A form that was sent twice is one plan; another text has to wait.
        sent = {"person": by, "cohort": cohort, "module_code": module_code, "title": title, "text": text}
        same = Submission.objects.filter(**sent, state=SubmissionState.HANDED_IN).first()
        if same is None:
            raise PlanWaits from error
        return same
    _note("hand_in_plan", plan, by, at)
    return plan


@transaction.atomic
def decide_plan(*, submission: Submission, accepted: bool, comment: str, by: User, at: datetime) -> Submission:
    """Accepts it or asks for it again, with a comment.  The same decision twice is one.

    Raises PlanNotYours, PlanDecided.
    """
    plan = (
        Submission.objects.select_for_update(of=("self",), no_key=True).select_related("cohort").get(pk=submission.pk)
    )
    if not submissions_for(by, timezone.localdate(at)).filter(pk=plan.pk).exists():
        raise PlanNotYours
    state = SubmissionState.ACCEPTED if accepted else SubmissionState.REPEAT
    if plan.state != SubmissionState.HANDED_IN:
        if plan.state == state and plan.decided_by_id == by.pk:
            return plan
        raise PlanDecided
    plan.state, plan.comment, plan.decided_by, plan.decided_at = state, comment, by, at
    plan.save(update_fields=["state", "comment", "decided_by", "decided_at"])
    _note("decide_plan", plan, by, at)
    return plan


def _note(verb: str, plan: Submission, by: User, at: datetime) -> None:
    record_audit(
        verb=verb,
        subject=plan,
        by=by,
        at=at,
        organisation_id=plan.cohort.organisation_id,
        details={"cohort": plan.cohort.code, "module": plan.module_code, "state": plan.state},
    )
