"""What a holder is told of her certificate: that a trainer's ends, while it still can be renewed; what became of it."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from lms.certificates.checks import REMINDED_BEFORE
from lms.certificates.models import Certificate, CertificateState, LicenceNotice
from lms.certificates.queries import STATE_NOTICES, ending_soon, moment_of, reason_against
from lms.common.dates import local_day
from lms.notices.actions import BatchPlan, cancel_notice, plan_batch, send_notice
from lms.notices.models import Notice

# The Celery task that checks our notices (lms.certificates.tasks).
CHECK_NOTICE = "certificates.check_notice"
# Nobody is woken by it.
MORNING, EVENING = time(9, 0), time(21, 0)


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


def plan_state_notice(*, certificate: Certificate, state: CertificateState, at: datetime) -> None:
    """She is told what became of her certificate, at once or when the night is over; nothing where it has no holder."""
    plan = BatchPlan(
        kind=STATE_NOTICES[state],
        subject=certificate,
        name=f"{STATE_NOTICES[state]}:{certificate.pk}:{moment_of(at)}",
        due_at=_waking(at),
        checked_by=CHECK_NOTICE,
        parameters={"at": moment_of(at)},
    )
    plan_batch(plan=plan, people=filter(None, [certificate.person_id]), at=at)


def _waking(at: datetime) -> datetime:
    local = timezone.localtime(at)
    if MORNING <= local.time() < EVENING:
        return at
    day = local.date() + timedelta(days=local.time() >= EVENING)
    return timezone.make_aware(datetime.combine(day, MORNING), timezone.get_default_timezone())


def settle_certificate_notice(*, notice: Notice, at: datetime) -> None:
    """Sends it if it still holds, else cancels it and says why.  Never within a transaction: see send_notice."""
    reason = reason_against(notice, local_day(at))
    if reason is None:
        send_notice(notice=notice, at=at)
    else:
        cancel_notice(notice=notice, reason=reason, at=at)
