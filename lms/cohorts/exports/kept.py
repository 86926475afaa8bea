"""What this app keeps about a person, for her own copy.

Left out is what colleagues wrote for one another when they proposed her or withdrew a standing: it may speak of others.
So is the secret in the address of a calendar.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lms.cohorts.models import (
    CalendarAddress,
    Coaching,
    CohortTrainer,
    Enrolment,
    FoundingProposal,
    Progress,
    Session,
    Standing,
)
from lms.common.languages import LANGUAGE_NAMES
from lms.common.sections import Coded, Section, coded
from lms.people.models import User
from lms.people.queries import rows_of

_COHORT = {"cohort": _("Cohort")}
_FROM_UNTIL = {"from": pgettext_lazy("from this day", "From"), "until": pgettext_lazy("until this day", "Until")}


def kept_about(person: User) -> list[Section]:
    """Everything, in the active language."""
    return [
        _enrolments(person),
        _lessons(person),
        _parts(person),
        _stood_in(person),
        _standings(person),
        _proposals(person),
        _coachings(person),
        _calendars(person),
    ]


def _enrolments(person: User) -> Section:
    enrolments = Enrolment.objects.filter(person__in=rows_of(person)).select_related("cohort__organisation", "region")
    rows = [
        {
            "cohort": enrolment.cohort.code,
            "title": enrolment.cohort.title,
            "organisation": enrolment.cohort.organisation.name,
            "state": coded(enrolment, "state"),
            "language": Coded(enrolment.language, enrolment.language_name),
            "sex": coded(enrolment, "sex"),
            "age_band": coded(enrolment, "age_band"),
            "region": enrolment.region.name if enrolment.region else None,
            "category": coded(enrolment, "category"),
            "disability": coded(enrolment, "disability"),
            "enrolled_at": enrolment.enrolled_at,
            "withdrawn_at": enrolment.withdrawn_at,
            "withdrawn_reason": coded(enrolment, "withdrawn_reason"),
        }
        for enrolment in enrolments.order_by("enrolled_at", "pk")
    ]
    labels = _COHORT | {
        "title": _("Title"),
        "organisation": _("Organisation"),
        "state": _("State"),
        "language": _("Language"),
        "sex": _("Sex"),
        "age_band": _("Age"),
        "region": _("Region"),
        "category": _("Takes part as"),
        "disability": _("Disability"),
        "enrolled_at": _("Enrolled on"),
        "withdrawn_at": _("Left on"),
        "withdrawn_reason": _("Reason"),
    }
    return Section("enrolments", _("Your cohorts"), labels, rows)


def _lessons(person: User) -> Section:
    read = Progress.objects.filter(enrolment__person=person).select_related("enrolment__cohort").order_by("read_at")
    rows = [{"cohort": one.enrolment.cohort.code, "lesson": one.lesson_code, "read_at": one.read_at} for one in read]
    labels = _COHORT | {"lesson": _("Lesson"), "read_at": _("Read on")}
    return Section("lessons_read", _("Lessons that you read"), labels, rows)


def _parts(person: User) -> Section:
    parts = CohortTrainer.objects.filter(person=person).select_related("cohort").order_by("cohort__starts_on", "pk")
    rows = [{"cohort": part.cohort.code, "part": coded(part, "part")} for part in parts]
    return Section("cohorts_trained", _("Cohorts that you train"), _COHORT | {"part": _("As")}, rows)


def _stood_in(person: User) -> Section:
    sessions = Session.objects.filter(led_by=person).select_related("cohort").order_by("starts_at")
    rows = [
        {"cohort": one.cohort.code, "lesson": one.lesson_code, "title": one.title, "starts_at": one.starts_at}
        for one in sessions
    ]
    labels = _COHORT | {"lesson": _("Lesson"), "title": _("Title"), "starts_at": _("Began")}
    return Section("stood_in", _("Sessions that you led in somebody's place"), labels, rows)


def _standings(person: User) -> Section:
    standings = Standing.objects.filter(person=person).select_related("organisation", "region", "qualified_in")
    rows = [
        {
            "module": one.module_code,
            "level": coded(one, "level"),
            "organisation": one.organisation.name,
            "languages": [LANGUAGE_NAMES[code] for code in one.languages],
            "region": one.region.name if one.region else None,
            "from": one.starts_on,
            "until": one.ends_on,
            "state": coded(one, "state"),
            "qualified_in": one.qualified_in.code if one.qualified_in else None,
        }
        for one in standings.order_by("starts_on", "pk")
    ]
    labels = {
        "module": _("Module"),
        "level": _("Level"),
        "organisation": _("Organisation"),
        "languages": _("Languages"),
        "region": _("Region"),
        **_FROM_UNTIL,
        "state": _("State"),
        "qualified_in": _("Qualified in the cohort"),
    }
    return Section("standings", _("What you may train"), labels, rows)


def _proposals(person: User) -> Section:
    proposals = FoundingProposal.objects.filter(person=person).select_related("organisation").order_by("proposed_at")
    rows = [
        {
            "module": one.module_code,
            "organisation": one.organisation.name,
            "languages": [LANGUAGE_NAMES[code] for code in one.languages],
            "proposed_at": one.proposed_at,
            "confirmed_at": one.confirmed_at,
            "declined_at": one.declined_at,
        }
        for one in proposals
    ]
    labels = {
        "module": _("Module"),
        "organisation": _("Organisation"),
        "languages": _("Languages"),
        "proposed_at": _("Proposed on"),
        "confirmed_at": _("Confirmed on"),
        "declined_at": _("Declined or withdrawn on"),
    }
    return Section("proposals", _("Proposals that you may train"), labels, rows)


def _coachings(person: User) -> Section:
    """As a coach and as the one who is accompanied; the other one is not hers to have."""
    coaches = Coaching.objects.filter(coach=person) | Coaching.objects.filter(standing__person=person)
    rows = [
        {
            "module": one.standing.module_code,
            "as_coach": one.coach_id == person.pk,
            "from": one.starts_on,
            "until": one.ends_on,
        }
        for one in coaches.select_related("standing").order_by("starts_on", "pk")
    ]
    labels = {"module": _("Module"), "as_coach": _("As the coach"), **_FROM_UNTIL}
    return Section("coachings", _("Coaching"), labels, rows)


def _calendars(person: User) -> Section:
    addresses = CalendarAddress.objects.filter(person=person).select_related("cohort").order_by("created_at")
    rows = [{"cohort": one.cohort.code if one.cohort else None, "made_at": one.created_at} for one in addresses]
    labels = {"cohort": _("Cohort; empty: all sessions"), "made_at": _("Made on")}
    return Section("calendar_addresses", _("Addresses for your calendar"), labels, rows)
