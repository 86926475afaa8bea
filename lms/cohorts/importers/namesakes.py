"""People whose name stands on a list: an equal name suggests that somebody is meant, and never says so."""

from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from lms.cohorts.models import REASONS_OF_VERBS, Cohort, Enrolment, EnrolmentState, WithdrawalReason
from lms.cohorts.queries import people_known_to, run_cohorts_for
from lms.common.crypto import fold
from lms.people.models import User

LIVE_CARDS = {"person__cards__replaced_at__isnull": True, "person__merged_into__isnull": True}


class Namesake(NamedTuple):
    """Somebody with an equal name, who may or may not be meant."""

    person_id: UUID
    card_code: str
    here: bool = False
    # She left this very cohort; a list brings her back, unless nobody but she herself may.
    left: bool = False
    stays_out: bool = False


def namesakes_of(cohort: Cohort, by: User, names: set[str]) -> dict[str, tuple[Namesake, ...]]:
    """People with these names: in this cohort whatever the spelling, in the reader's others as it is written.

    Her cohorts of another organisation are left out: its people come by the poster.  Whoever left this cohort is one
    of them, else the same list sent again would make a second person of her.
    """
    wanted = {fold(name) for name in names if name}
    others = run_cohorts_for(by).filter(organisation=cohort.organisation_id)
    near = Q(cohort__in=others.values("pk"), person__display_name__in=names)
    in_force = Q(cohort=cohort) & ~Q(withdrawn_reason__in=REASONS_OF_VERBS) | near & ~Q(state=EnrolmentState.WITHDRAWN)
    fields = ("person_id", "person__display_name", "person__cards__code", "cohort_id", "state", "withdrawn_reason")
    found: dict[str, dict[UUID, Namesake]] = {}
    for person_id, name, code, cohort_id, state, reason in Enrolment.objects.filter(
        in_force, person__erased_at__isnull=True, **LIVE_CARDS
    ).values_list(*fields):
        if fold(name) not in wanted:
            continue
        people = found.setdefault(fold(name), {})
        if cohort_id != cohort.pk:
            people.setdefault(person_id, Namesake(person_id, code or ""))
            continue
        left = state == EnrolmentState.WITHDRAWN
        wished = reason == WithdrawalReason.OWN_WISH
        people[person_id] = Namesake(person_id, code or "", not left, left, left and wished)
    return _without_strangers(cohort, found)


def _without_strangers(cohort: Cohort, found: dict[str, dict[UUID, Namesake]]) -> dict[str, tuple[Namesake, ...]]:
    """Whoever left and is not known here any more comes back by herself alone, whatever her reason."""
    leavers = {other.person_id for people in found.values() for other in people.values() if other.left}
    known = set(people_known_to(cohort.organisation_id).filter(pk__in=leavers).values_list("pk", flat=True))
    gone = leavers - known
    return {
        name: tuple(other._replace(stays_out=True) if other.person_id in gone else other for other in people.values())
        for name, people in found.items()
    }
