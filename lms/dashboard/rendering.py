"""Which one thing a page of the desk puts first, and what stands on a participant's page in a cohort."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from lms.attendance.checks import ROSTER_OPENS
from lms.attendance.scoring import COUNTED_HOW
from lms.certificates.queries import told_since
from lms.certificates.rendering import Remedies, address_of_own, sentence_for_holder, sessions_to_mend
from lms.cohorts.models import EnrolmentState, Session
from lms.cohorts.permissions import may_see_to_people
from lms.common.dates import local_day
from lms.dashboard.queries import Desk, Meeting, StaffHub, way_of
from lms.people.models import RoleKind, User

# What became of a certificate stays on the desk for so long: whoever signs in seldom sees it, too.
TOLD = timedelta(days=30)


def session_to_mark(desk: Desk, at: datetime) -> Meeting | None:
    """The session that a trainer marks next.

    A coordinator has the sessions of many cohorts before her and marks none: her first thing is to plan.
    """
    if RoleKind.COORDINATOR in desk.roles:
        return None
    running = [one for one in desk.running if not one.is_draft]
    unmarked = [session for one in running for session in one.unmarked]
    return next_to_mark(unmarked, [one.next_session for one in running if one.next_session], at)


def hub_session_to_mark(hub: StaffHub, at: datetime) -> Session | None:
    """The same in one cohort, for whoever runs it while it takes marks."""
    if not (hub.runs and hub.cohort.is_live):
        return None
    over = [one for one in hub.sessions if one.session.counts and one.session.ends_at < at]
    unmarked = [one.session for one in over if not one.marked]
    return next_to_mark(unmarked, [hub.next_session] if hub.next_session else [], at)


def next_to_mark[S: Meeting | Session](unmarked: Sequence[S], coming: Sequence[S], at: datetime) -> S | None:
    """Of the last day on which something can be marked by now the first one; else what today still brings."""
    by_now: list[S] = [*unmarked, *(session for session in coming if session.starts_at <= at + ROSTER_OPENS)]
    today: list[S] = [session for session in coming if local_day(session.starts_at) == local_day(at)]
    waiting: list[S] = sorted(by_now or today, key=lambda session: session.starts_at)
    last_day: list[S] = [one for one in waiting if local_day(one.starts_at) == local_day(waiting[-1].starts_at)]
    return last_day[0] if last_day else None


def told_of_certificates(user: User, desk: Desk, at: datetime) -> list[tuple[str, str]]:
    """What became of hers within a month, in the active language, each with the way to it.

    A coordinator who neither learns nor trains is not asked for: she finds it among her messages.
    """
    if RoleKind.COORDINATOR in desk.roles and not (desk.learning or desk.licences):
        return []
    return [(sentence_for_holder(told), address_of_own(told.certificate)) for told in told_since(user, at - TOLD)]


def participants_way(request: HttpRequest, enrolment: Any) -> str:
    """Her marks, tests and certificate, for the page of a person who has or had a place.

    Not for a trainer who has left the organisation: her tests and certificates are shut to her elsewhere too.
    """
    if enrolment.state == EnrolmentState.WAITING or not may_see_to_people(cast(User, request.user), enrolment.cohort):
        return ""
    way, now, is_enrolled = way_of(enrolment), timezone.now(), enrolment.state == EnrolmentState.ENROLLED
    remedies = Remedies(enrolment.cohort, cast(User, request.user), now)
    lacks = remedies.beside(way.eligibility.missing, enrolment, sessions_to_mend(way.sessions)) if is_enrolled else []
    context = {
        "enrolment": enrolment,
        "way": way,
        "lacks": lacks,
        "is_enrolled": is_enrolled,
        "counted_how": COUNTED_HOW,
        "at": now,
    }
    return render_to_string("dashboard/way.html", context, request)


def help_page_of(desk: Desk, *, waits: bool) -> str:
    """Which page of the help is hers; `waits`: for a second administrator who confirms her role."""
    if desk.roles & {RoleKind.OBSERVER, RoleKind.COACH}:
        rest = "observer"
    elif desk.licences or desk.running or RoleKind.TRAINER in desk.roles:
        rest = "trainer"
    else:
        rest = "administrator" if desk.runs_the_site else "waiting" if waits else "participant"
    helped = (RoleKind.COORDINATOR, RoleKind.ADMINISTRATOR, RoleKind.MONITOR)
    own = next((str(kind) for kind in helped if kind in desk.roles), "")
    return own or ("editor" if desk.edits else rest)
