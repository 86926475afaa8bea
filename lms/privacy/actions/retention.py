"""What is kept for a term only, and what becomes of it then.

The terms stand in the privacy notice (templates/help/pages/*/privacy.html) and on everybody's own page, and a test
compares the two.  The term of what somebody did in a cohort begins after its last day.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from importlib import import_module

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from lms.assessments.actions import count_answers_over_by, forget_notes, forget_plans
from lms.attendance.actions import count_attendance_over_by
from lms.certificates.actions import (
    drop_stray_papers,
    forget_deliveries,
    forget_key_exports,
    forget_name_checks,
    stray_papers,
)
from lms.common.dates import add_months, local_day
from lms.common.errors import ActionError
from lms.jobs.actions import forget_jobs
from lms.notices.actions import forget_ended_notices
from lms.people.actions import forget_audit, forget_email_wishes
from lms.people.models import User
from lms.privacy.actions.erasing import Wish, erase_person

log = logging.getLogger("yntymak.privacy")

# In months: marks with names; answers; plans that were handed in; what observers wrote; messages; the audit trail; how
# often a name was compared with a certificate's.
ATTENDANCE, ANSWERS, PLANS, NOTES, MESSAGES, AUDIT, NAME_CHECKS = 12, 24, 18, 24, 12, 36, 24
# Work that was asked for, what partners' programs were told, and colleagues who were invited and never came.
JOBS, WEBHOOKS, INVITATIONS = 3, 3, 3
# Why an account is erased that nobody ever used; for no form, so it is no choice of ErasureReason.
NEVER_CAME = "never_came"


def apply_retention(*, at: datetime) -> dict[str, int]:
    """Counts, empties and destroys what is over: {code: how many cohorts or rows}.

    Each step is for itself: one that fails is reported to the log and does not hold up the others.
    """
    done = {}
    for code, step in _steps(at):
        try:
            done[code] = step()
        except Exception:
            log.exception("retention step failed", extra={"fields": {"step": code}})
    log.info("retention", extra={"fields": done})
    return done


def look_at_retention(*, at: datetime) -> dict[str, int]:
    """The same for a look beforehand: nothing is changed."""
    with transaction.atomic():
        done = {code: step() for code, step in _steps(at) if code not in ("invitations", "papers")}
        transaction.set_rollback(True)
    return {**done, "invitations": _never_came(at).count(), "papers": len(stray_papers())}


def _steps(at: datetime) -> Iterator[tuple[str, Callable[[], int]]]:
    yield "attendance", lambda: count_attendance_over_by(day=_day(at, ATTENDANCE), at=at)
    yield "answers", lambda: count_answers_over_by(day=_day(at, ANSWERS), at=at)
    yield "plans", lambda: forget_plans(before=_before(at, PLANS))
    yield "notes", lambda: forget_notes(before=_before(at, NOTES))
    yield "messages", lambda: forget_ended_notices(before=_before(at, MESSAGES))
    yield "name_checks", lambda: forget_name_checks(before=_day(at, NAME_CHECKS))
    yield "email_wishes", lambda: forget_email_wishes(at=at)
    yield "invitations", lambda: _erase_never_came(at)
    yield "sessions", lambda: _clear_sessions(at)
    yield "webhooks", lambda: forget_deliveries(before=_before(at, WEBHOOKS))
    yield "key_copies", lambda: forget_key_exports(at=at)
    yield "jobs", lambda: forget_jobs(before=_before(at, JOBS))
    yield "audit", lambda: forget_audit(before=_before(at, AUDIT))
    yield "papers", drop_stray_papers


def _day(at: datetime, months: int) -> date:
    return add_months(local_day(at), -months)


def _before(at: datetime, months: int) -> datetime:
    return timezone.make_aware(datetime.combine(_day(at, months), time.min))


def _clear_sessions(at: datetime) -> int:
    """Those that have expired: who was signed in, and where she went."""
    expired = Session.objects.filter(expire_date__lt=at).count()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return expired


def _never_came(at: datetime) -> QuerySet[User]:
    """Invited long ago, never signed in, and a participant nowhere."""
    invited = User.objects.filter(invitation__invited_at__lt=_before(at, INVITATIONS), last_login=None, erased_at=None)
    idle = invited.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX, cards=None, enrolments=None)
    return idle.filter(merged_into=None).order_by("pk")


def _erase_never_came(at: datetime) -> int:
    erased = 0
    for person in list(_never_came(at)):
        try:
            erase_person(person=person, by=None, at=at, wish=Wish(reason=NEVER_CAME))
        except ActionError as error:
            # The only administrator of an organisation, say: whoever runs the installation settles that.
            log.warning("invitation stays", extra={"fields": {"code": error.code}})
        else:
            erased += 1
    return erased
