"""Who may do what somebody wishes to be done with all that is kept about her, in her place."""

from lms.cohorts.models import Cohort, Enrolment
from lms.cohorts.permissions import PLANNING_ROLES, managed_by
from lms.people.models import Role, RoleKind, User
from lms.people.permissions import active_roles, houses_of
from lms.people.queries import is_living


def may_act_for(user: User, person: User) -> bool:
    """May she take a copy of this person's data for her, or have her erased, because she asked for it?

    Nobody may where another organisation would lose her too, or would show what it knows.  For somebody who ever had a
    role it takes an administrator of all her organisations; for a participant whoever coordinates all her cohorts,
    those that she left as well: her marks, tests and certificates of there are in the copy, and would be erased.
    """
    if person.pk == user.pk or person.is_superuser or not is_living(person):
        return False
    enrolments = Enrolment.objects.filter(person=person)
    if Role.objects.filter(person=person).exists():
        hers = {*houses_of(person), *enrolments.values_list("cohort__organisation", flat=True)}
        return hers <= _organisations(user, RoleKind.ADMINISTRATOR)
    managed = Cohort.objects.filter(managed_by(user)).values("pk")
    others = enrolments.exclude(cohort__in=managed).exists() or not houses_of(person) <= _organisations(
        user, *PLANNING_ROLES
    )
    return enrolments.exists() and not others


def _organisations(user: User, *kinds: str) -> set:
    return {role.organisation_id for role in active_roles(user) if role.kind in kinds}
