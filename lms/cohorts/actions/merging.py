"""Two rows of one person become one: her places, what she trains and may train.

Evidence of two enrolments in one cohort is united by the apps that keep it.  Whether the rows may be merged,
`lms.privacy` decides.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from lms.cohorts.actions.enrolments import set_facts, withdraw
from lms.cohorts.models import (
    CURRENT_STANDING_STATES,
    NOTHING_SAID,
    CalendarAddress,
    Coaching,
    Cohort,
    CohortTrainer,
    Enrolment,
    EnrolmentState,
    Facts,
    FoundingProposal,
    Level,
    Progress,
    Session,
    Standing,
    StandingState,
    TrainerPart,
    WithdrawalReason,
)
from lms.cohorts.queries import LEVEL_ORDER, stands_beside_herself
from lms.common.crypto import reseal
from lms.common.errors import ActionError
from lms.people.models import User

# The better first.
_STATE_ORDER = (EnrolmentState.ENROLLED, EnrolmentState.WAITING, EnrolmentState.WITHDRAWN)
# What becomes the other row's as it stands.
_HANDED_OVER: list[tuple[type[Model], str]] = [
    (Cohort, "created_by"),
    (Session, "led_by"),
    (FoundingProposal, "person"),
    (FoundingProposal, "proposed_by"),
    (FoundingProposal, "confirmed_by"),
    (FoundingProposal, "declined_by"),
]


class StandsBesideHerself(ActionError):
    code = "stands_beside_herself"
    message = _(
        "One of the two trains, coaches or signs for the other. Nobody does that for herself: if they really are one "
        "person, a colleague first takes over that part."
    )


def require_two_parts(*, kept: User, merged: User) -> None:
    """Says nothing where no part of one is about the other.  Raises StandsBesideHerself."""
    if stands_beside_herself(kept, merged):
        raise StandsBesideHerself


@transaction.atomic
def take_over_enrolments(*, kept: User, merged: User, at: datetime) -> list[tuple[Enrolment, Enrolment]]:
    """Her places become the other row's.  Gives the pairs of one cohort, (stays, gave way): the second is left.

    The caller holds the cohorts and enrolments of both under lock.
    """
    own = {enrolment.cohort_id: enrolment for enrolment in Enrolment.objects.filter(person=kept)}
    hers = Enrolment.objects.filter(person=merged)
    pairs = [(own[one.cohort_id], one) for one in hers.filter(cohort__in=own).order_by("pk")]
    hers.exclude(cohort__in=own).update(person=kept)
    for stays, gives_way in pairs:
        unite_enrolments(stays=stays, gives_way=gives_way, at=at)
    return pairs


def unite_enrolments(*, stays: Enrolment, gives_way: Enrolment, at: datetime) -> None:
    """The better place of the two, all that she said and read, and what was carried in or out."""
    own, other = _STATE_ORDER.index(stays.state), _STATE_ORDER.index(gives_way.state)
    if other < own:
        stays.state, stays.enrolled_at = gives_way.state, gives_way.enrolled_at
        stays.withdrawn_at, stays.withdrawn_reason = gives_way.withdrawn_at, gives_way.withdrawn_reason
    elif other == own:
        stays.enrolled_at = min(stays.enrolled_at, gives_way.enrolled_at)
    set_facts(enrolment=stays, facts=_united_facts(stays.facts, gives_way.facts))
    stays.save()
    _unite_reading(stays, gives_way)
    _unite_carrying(stays, gives_way)
    set_facts(enrolment=gives_way, facts=NOTHING_SAID)
    gives_way.save()
    withdraw(enrolment=gives_way, reason=WithdrawalReason.MERGED, at=at)


def _united_facts(own: Facts, other: Facts) -> Facts:
    """What she said on the row that stays, and what she said on the other alone."""
    said = {
        name: value if value != getattr(NOTHING_SAID, name) else getattr(other, name)
        for name, value in vars(own).items()
    }
    return Facts(**said)


def _unite_reading(stays: Enrolment, gives_way: Enrolment) -> None:
    """Each lesson with the day on which she read it first."""
    own = {progress.lesson_code: progress for progress in stays.progress.all()}
    for progress in gives_way.progress.all():
        read = own.get(progress.lesson_code)
        if read is None:
            progress.enrolment = stays
            progress.save(update_fields=["enrolment"])
        elif progress.read_at < read.read_at:
            Progress.objects.filter(pk=read.pk).update(read_at=progress.read_at)
    gives_way.progress.all().delete()


def _unite_carrying(stays: Enrolment, gives_way: Enrolment) -> None:
    """What she brought when she was transferred in counts on; where she went, the united evidence does."""
    stays.carries.add(*gives_way.carries.exclude(pk=stays.pk))
    stays.carries.remove(gives_way)
    for later in gives_way.carried_by.exclude(pk=stays.pk):
        later.carries.add(stays)
        later.carries.remove(gives_way)
    gives_way.carries.clear()


@transaction.atomic
def take_over_training(*, kept: User, merged: User) -> None:
    """What she trains, plans, coaches and may train, and the addresses of her calendars.

    Raises StandsBesideHerself.
    """
    require_two_parts(kept=kept, merged=merged)
    for model, field in _HANDED_OVER:
        model._default_manager.filter(**{field: merged}).update(**{field: kept})
    for part in CohortTrainer.objects.filter(person=merged):
        _take_over_part(part, kept)
    coached = Coaching.objects.filter(coach=kept)
    for coaching in Coaching.objects.filter(coach=merged):
        if coached.filter(standing=coaching.standing_id, starts_on=coaching.starts_on).exists():
            coaching.delete()
    Coaching.objects.filter(coach=merged).update(coach=kept)
    _take_over_standings(kept, merged)
    _take_over_calendars(kept, merged)


def _take_over_part(part: CohortTrainer, kept: User) -> None:
    """One part in a cohort: the lead's, where she has both."""
    own = CohortTrainer.objects.filter(cohort=part.cohort_id, person=kept).first()
    if own and own.part == TrainerPart.LEAD:
        part.delete()
        return
    if own:
        own.delete()
    part.person = kept
    part.save(update_fields=["person"])


def _take_over_standings(kept: User, merged: User) -> None:
    """Of two current ones for a module the higher holds; where one of them was suspended, it is."""
    current = Standing.objects.filter(state__in=CURRENT_STANDING_STATES)
    own: dict[tuple[str, UUID], Standing] = {
        (one.module_code, one.organisation_id): one for one in current.filter(person=kept)
    }
    for hers in current.filter(person=merged):
        double = own.get((hers.module_code, hers.organisation_id))
        if double:
            _settle_double(*sorted((double, hers), key=_rank))
    Standing.objects.filter(person=merged).update(person=kept)


def _rank(standing: Standing) -> tuple[int, bool, int]:
    """The higher first; of one level the one that holds longer."""
    lasts = -standing.ends_on.toordinal() if standing.ends_on else 0
    return LEVEL_ORDER.index(Level(standing.level)), standing.ends_on is not None, lasts


def _settle_double(holds: Standing, gives_way: Standing) -> None:
    if gives_way.state == StandingState.SUSPENDED:
        Standing.objects.filter(pk=holds.pk).update(state=StandingState.SUSPENDED)
    Standing.objects.filter(pk=gives_way.pk).update(state=StandingState.REPLACED)


def _take_over_calendars(kept: User, merged: User) -> None:
    """Under the key of the row that stays; where it has an address of its own, the other one shuts."""
    own = CalendarAddress.objects.filter(person=kept)
    for address in CalendarAddress.objects.filter(person=merged):
        if own.filter(cohort=address.cohort_id).exists():
            address.delete()
            continue
        address.sealed = reseal(address.sealed, merged.key.wrapped, kept.key.wrapped)
        address.person = kept
        address.save(update_fields=["sealed", "person"])
