"""The gates to somebody else's data, and the start of an erasure."""

from dataclasses import asdict
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from lms.certificates.views.shared import start_job
from lms.cohorts.actions import LeadsCohorts, require_no_cohort_led
from lms.cohorts.models import Enrolment
from lms.cohorts.queries import run_enrolments_for
from lms.people.models import User
from lms.people.permissions import SignedInRequest
from lms.people.queries import staff_roles_for
from lms.privacy.actions import Wish, require_erasable
from lms.privacy.permissions import may_act_for
from lms.privacy.tasks import ERASE


def enrolment_or_refuse(request: SignedInRequest, enrolment_id: UUID) -> Enrolment:
    """Somebody in a cohort that she runs; 403 where she may not act for her."""
    enrolment = get_object_or_404(run_enrolments_for(request.user), pk=enrolment_id)
    _require_may(request, enrolment.person)
    return enrolment


def colleague_or_refuse(request: SignedInRequest, person_id: UUID) -> User:
    """Somebody with a role in an organisation that she administers; 403 where she may not act for her."""
    role = staff_roles_for(request.user).filter(person=person_id).first()
    if role is None:
        raise Http404
    _require_may(request, role.person)
    return role.person


def _require_may(request: SignedInRequest, person: User) -> None:
    if not may_act_for(request.user, person):
        raise PermissionDenied


def in_the_way(person: User) -> str:
    """What she must hand over before she can be erased, said before anybody fills in anything; else an empty text."""
    try:
        require_no_cohort_led(person=person)
    except LeadsCohorts as error:
        return str(error)
    return ""


def start_erasure(request: SignedInRequest, person: User, wish: Wish, *, back: str) -> HttpResponse:
    """Looks whether she may go, and leaves the rest to the worker, which signs her certificates anew.

    Raises what `require_erasable` does.
    """
    require_erasable(person=person, at=timezone.now())
    payload = {"person": str(person.pk), "back": back, **asdict(wish)}
    return start_job(request, task=ERASE, payload=payload, total=1, key=f"erase:{person.pk}")
