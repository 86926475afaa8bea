"""A person who is erased leaves the cohorts that go on; in those that were she stays as a number."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.cohorts.actions.enrolments import set_facts, withdraw
from lms.cohorts.actions.standings import end_standings
from lms.cohorts.models import (
    ENDED_STATES,
    NOTHING_SAID,
    CalendarAddress,
    Coaching,
    Cohort,
    CohortTrainer,
    Enrolment,
    EnrolmentState,
    Fact,
    FoldedFact,
    FoundingProposal,
    Progress,
    Session,
    SessionState,
    TrainerPart,
    WithdrawalReason,
)
from lms.common.errors import ActionError
from lms.people.models import User


class LeadsCohorts(ActionError):
    """Nobody would lead them."""

    code = "leads_cohorts"
    message = _(
        "This account leads cohorts that have not ended: %(cohorts)s. Name another lead trainer there, or close or"
        " cancel them first."
    )


def require_no_cohort_led(*, person: User) -> None:
    """Raises LeadsCohorts while a cohort of hers goes on."""
    parts = CohortTrainer.objects.filter(person=person, part=TrainerPart.LEAD)
    led = Cohort.objects.filter(pk__in=parts.values("cohort")).exclude(state__in=ENDED_STATES)
    if codes := list(led.order_by("code").values_list("code", flat=True)):
        raise LeadsCohorts(cohorts=", ".join(codes))


@transaction.atomic
def leave_cohorts(*, person: User, by: User | None, at: datetime) -> None:
    """Out of everything that goes on.  Enrolments, marks and lineage stay under her number, her facts as counts.

    A repeat is harmless.
    """
    ids = Enrolment.objects.filter(person=person).values("cohort")
    # Always in the same order, as wherever several cohorts are locked; not against whoever writes a row that names one.
    cohorts = Cohort.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    ended = {cohort.pk: cohort.has_ended for cohort in cohorts}
    for enrolment in (
        Enrolment.objects.select_for_update(of=("self",), no_key=True).filter(person=person).select_related("region")
    ):
        if not ended[enrolment.cohort_id] and enrolment.state != EnrolmentState.WITHDRAWN:
            # Erased is not tired of it: no reason is put into her mouth.
            withdraw(enrolment=enrolment, reason=WithdrawalReason.OTHER, at=at)
        _fold_facts(enrolment)
    Progress.objects.filter(enrolment__person=person).delete()
    CalendarAddress.objects.filter(person=person).delete()
    _stop_training(person, at)
    end_standings(person=person, by=by, at=at)


def _fold_facts(enrolment: Enrolment) -> None:
    """Her facts into the counts of her cohort; the row then says nothing."""
    for fact, value in vars(enrolment.facts).items():
        if value != getattr(NOTHING_SAID, fact):
            _count(enrolment, Fact(fact), getattr(value, "code", value))
    set_facts(enrolment=enrolment, facts=NOTHING_SAID)
    enrolment.save(update_fields=Fact.values)


def _count(enrolment: Enrolment, fact: Fact, value: str) -> None:
    folded, _made = FoldedFact.objects.get_or_create(
        cohort_id=enrolment.cohort_id, state=enrolment.state, fact=fact, value=value
    )
    FoldedFact.objects.filter(pk=folded.pk).update(count=F("count") + 1)


def _stop_training(person: User, at: datetime) -> None:
    """No more co-trainer, substitute or coach, and nobody's candidate for a founding standing."""
    today = timezone.localdate(at)
    helping = CohortTrainer.objects.filter(person=person, part=TrainerPart.CO)
    helping.exclude(cohort__state__in=ENDED_STATES).delete()
    Session.objects.filter(led_by=person, state=SessionState.PLANNED).update(led_by=None)
    coachings = Coaching.objects.filter(Q(coach=person) | Q(standing__person=person), ends_on__gt=today)
    coachings.filter(starts_on__gt=today).delete()
    coachings.update(ends_on=today)
    proposals = FoundingProposal.objects.filter(Q(person=person) | Q(proposed_by=person))
    proposals.filter(confirmed_at=None, declined_at=None).update(declined_at=at)
    FoundingProposal.objects.filter(person=person).update(reason="", declined_because="")
