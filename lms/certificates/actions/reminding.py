"""A trainer is reminded before her certificate ends, while it still can be renewed."""

from datetime import datetime, time

from django.utils import timezone

from lms.certificates.checks import REMINDED_BEFORE
from lms.certificates.models import Certificate, LicenceNotice
from lms.certificates.queries import ending_soon, reason_against
from lms.common.dates import local_day
from lms.notices.actions import BatchPlan, cancel_notice, plan_batch, send_notice
from lms.notices.models import Notice

# The Celery task that checks our notices (lms.certificates.tasks).
CHECK_NOTICE = "certificates.check_notice"
# Nobody is woken by it.
MORNING = time(9, 0)


def plan_licence_reminders(*, at: datetime) -> int:
    """Two months and two weeks before the end, once each; says how many are new.  A repeat is harmless.

    Where a night was missed the reminder comes the next morning.
    """
    planned = 0
    for certificate in ending_soon(local_day(at)):
        planned += plan_batch(plan=_plan(certificate, at), people=filter(None, [certificate.person_id]), at=at)
    return planned


def _plan(certificate: Certificate, at: datetime) -> BatchPlan:
    day = local_day(at)
    left = certificate.expires_on - day if certificate.expires_on else REMINDED_BEFORE[0]
    before = min(term for term in REMINDED_BEFORE if left <= term)
    morning = timezone.make_aware(datetime.combine(day, MORNING), timezone.get_default_timezone())
    return BatchPlan(
        kind=LicenceNotice.ENDS,
        subject=certificate,
        name=f"{LicenceNotice.ENDS}:{certificate.pk}:{before.days}",
        due_at=morning,
        checked_by=CHECK_NOTICE,
    )


def settle_licence_notice(*, notice: Notice, at: datetime) -> None:
    """Sends it if it still holds, else cancels it and says why.  Never within a transaction: see send_notice."""
    reason = reason_against(notice, local_day(at))
    if reason is None:
        send_notice(notice=notice, at=at)
    else:
        cancel_notice(notice=notice, reason=reason, at=at)
