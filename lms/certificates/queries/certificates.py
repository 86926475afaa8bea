"""Which certificates a person may see.  Whatever is shown starts here."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max, QuerySet, Sum
from django.http import Http404
from django.shortcuts import get_object_or_404

from lms.certificates.models import Certificate, NameCheckCount, StateChange, VerdictReport
from lms.cohorts.models import Cohort
from lms.cohorts.permissions import managed_by
from lms.common.crypto import unwrap
from lms.jobs.models import Job, JobState
from lms.jobs.queries import jobs_for
from lms.people.models import NameForm, User

# The name of the Celery task (lms.certificates.tasks).
CHANGE_NAME_FORM = "certificates.change_name_form"
# So long the page says what has just been issued.
JUST_NOW = timedelta(minutes=15)


def certificates_for(user: User) -> QuerySet[Certificate]:
    """Those of the cohorts that she coordinates."""
    return _with_neighbours(Certificate.objects.filter(cohort__in=Cohort.objects.filter(managed_by(user))))


def own_certificates(user: User) -> QuerySet[Certificate]:
    """Those that she holds, the newest first."""
    return _with_neighbours(Certificate.objects.filter(person=user))


def wording_of(certificate: Certificate) -> dict[str, str]:
    """The public words with which it came into the state that it is in; {} where none were chosen."""
    changes = StateChange.objects.filter(certificate=certificate, state=certificate.state).order_by("-at", "-pk")
    return changes.values_list("public_wording", flat=True).first() or {}


def shown_name_of(certificate: Certificate) -> str:
    """What a stranger reads of the holder's name today; empty where she chose none, or was erased."""
    sealed = certificate.holder.sealed_shown_name
    return unwrap(bytes(sealed)).decode() if sealed else ""


class NameChecks(NamedTuple):
    """How often strangers compared a name with the one on a certificate, and on which day last."""

    matches: int
    mismatches: int
    last_on: date

    @property
    def times(self) -> int:
        return self.matches + self.mismatches


def own_name_checks(user: User) -> dict[UUID, NameChecks]:
    """By certificate of hers, of the months that are kept; one query."""
    rows = NameCheckCount.objects.filter(certificate__person=user).values("certificate")
    counted = rows.annotate(right=Sum("matches"), wrong=Sum("mismatches"), last=Max("last_on"))
    found = counted.order_by("certificate").values_list("certificate", "right", "wrong", "last")
    return {certificate: NameChecks(*numbers) for certificate, *numbers in found}


def get_readable_certificate_or_404(user: User, certificate_id: UUID) -> Certificate:
    """For the paper itself: the holder, and the coordinators of its cohort."""
    found = own_certificates(user).filter(pk=certificate_id).first()
    return found or get_object_or_404(certificates_for(user), pk=certificate_id)


def get_own_certificate_or_404(user: User, certificate_id: UUID) -> Certificate:
    """What the holder alone decides about.  Raises Http404 for everybody else, coordinators too."""
    certificate = own_certificates(user).filter(pk=certificate_id).first()
    if certificate is None:
        raise Http404
    return certificate


def last_issued(user: User, cohort_id: UUID, at: datetime) -> dict[str, int] | None:
    """How many she has just had issued there, and how many were refused.

    None where it is a while ago, or a certificate there was revoked, suspended or lifted since: the page would
    contradict itself.
    """
    hers = jobs_for(user).filter(key__startswith=f"issue:{cohort_id}:")
    done = hers.filter(state=JobState.DONE, ended_at__gte=at - JUST_NOW)
    job = done.order_by("-ended_at").first()
    if job is None or StateChange.objects.filter(certificate__cohort=cohort_id, at__gt=job.ended_at).exists():
        return None
    return job.result


def last_name_choice(certificate: Certificate) -> NameForm:
    """How much of her name its holder wanted shown when she was asked last; as it is where nothing tells any more."""
    asked = Job.objects.filter(task=CHANGE_NAME_FORM, payload__certificate=str(certificate.pk))
    newest = asked.order_by("created_at", "pk").last()
    return NameForm(newest.payload["form"] if newest else certificate.holder.name_form)


def reports_of(cohort: Cohort) -> QuerySet[VerdictReport]:
    """What strangers found to be different, the newest first: at most fifty."""
    reports = VerdictReport.objects.filter(certificate__cohort=cohort).select_related("certificate__person")
    return reports.order_by("-at", "-pk")[:50]


def _with_neighbours(certificates: QuerySet[Certificate]) -> QuerySet[Certificate]:
    neighbours = ("organisation", "cohort__region", "person", "holder", "key", "standing")
    return certificates.select_related(*neighbours).order_by("-issued_at", "pk")
