"""Planning: a cohort as a draft, from the module's lessons."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from curricula.queries import ModuleOutline, module_outlines
from lms.cohorts.checks import PlannedLesson, Slot, first_overlap, proposed_starts
from lms.cohorts.models import (
    LIVE_STATES,
    MAX_CAPACITY,
    TITLE_LENGTH,
    Cohort,
    CohortModule,
    CohortState,
    CohortTrainer,
    Level,
    Programme,
    Session,
    Standing,
    TrainerPart,
)
from lms.cohorts.permissions import PLANNING_ROLES, covers, usable_standings
from lms.common.codes import random_code
from lms.common.errors import ActionError
from lms.common.languages import LANGUAGE_CODES
from lms.people.actions import note_engagement, record_audit
from lms.people.models import Organisation, User
from lms.regions.models import Region


class MayNotPlanHere(ActionError):
    code = "may_not_plan_here"
    message = _("You may not plan a cohort of this organisation in this region.")


class OwnCohortOnly(ActionError):
    code = "own_cohort_only"
    message = _("With your standing you open your own cohort: the lead trainer must be you.")


class OneCohortAtATime(ActionError):
    code = "one_cohort_at_a_time"
    message = _("A candidate trainer leads one cohort at a time. Close or cancel the cohort %(cohort)s first.")


class UnknownModule(ActionError):
    code = "unknown_module"
    message = _("The module %(module)s is not published.")


class UnknownLanguage(ActionError):
    code = "unknown_language"
    message = _("Choose at least one of the languages in which the module is published.")


class BadCapacity(ActionError):
    code = "bad_capacity"
    message = _("A cohort has between 1 and 200 places.")


class SessionsOverlap(ActionError):
    code = "sessions_overlap"
    message = _("“%(first)s” (%(first_hours)s) and “%(second)s” (%(second_hours)s) overlap. Give each its own time.")

    def __init__(self, first: Slot, second: Slot) -> None:
        hours = {"first_hours": _hours(first), "second_hours": _hours(second)}
        super().__init__(first=first.name, second=second.name, **hours)


def _hours(slot: Slot) -> str:
    """01.12.2026 10:00–11:30"""
    start, end = timezone.localtime(slot.starts_at), timezone.localtime(slot.ends_at)
    return f"{date_format(start, 'SHORT_DATETIME_FORMAT')}–{date_format(end, 'TIME_FORMAT')}"


def require_apart(*, slots: Iterable[Slot]) -> None:
    """Raises SessionsOverlap."""
    if pair := first_overlap(slots):
        raise SessionsOverlap(*pair)


@transaction.atomic
def plan_cohort(
    *,
    organisation: Organisation,
    module_codes: Sequence[str],
    region: Region,
    starts_on: date,
    languages: Sequence[str],
    lead: User,
    by: User,
    at: datetime,
    session_starts: Mapping[str, datetime] | None = None,
    co_trainers: Sequence[User] = (),
    capacity: int = 30,
    place: str = "",
    title: Mapping[str, str] | None = None,
    programme: Programme | None = None,
) -> Cohort:
    """A draft with one session per lesson; `session_starts` is {lesson code: start}, else two lessons a day.

    Raises MayNotPlanHere, OwnCohortOnly, OneCohortAtATime, UnknownModule, UnknownLanguage, BadCapacity,
    SessionsOverlap.
    """
    _require_planner(by, lead, organisation, region, module_codes, timezone.localdate(at))
    outlines = _outlines(module_codes)
    _require_languages(languages, outlines)
    if not 1 <= capacity <= MAX_CAPACITY:
        raise BadCapacity
    sessions = planned_sessions(outlines=outlines, starts_on=starts_on, starts=session_starts or {}, place=place)
    cohort = _draft(sessions, by, at)
    cohort.organisation, cohort.programme, cohort.region = organisation, programme, region
    cohort.place, cohort.languages, cohort.capacity = place, list(languages), capacity
    for name, text in _titles(title or {}, outlines).items():
        setattr(cohort, name, text)
    _save_plan(cohort, outlines, sessions, lead, co_trainers)
    record_audit(verb="plan_cohort", subject=cohort, by=by, at=at, organisation_id=organisation.pk)
    return cohort


def planned_sessions(
    *, outlines: Sequence[ModuleOutline], starts_on: date, starts: Mapping[str, datetime], place: str
) -> list[Session]:
    """Unsaved sessions, one per lesson.  Raises SessionsOverlap."""
    lessons = [
        (PlannedLesson(outline.code, lesson.code, lesson.minutes), lesson.titles)
        for outline in outlines
        for lesson in outline.lessons
    ]
    times = {**proposed_starts([lesson for lesson, _titles in lessons], starts_on), **starts}
    sessions = [
        Session(
            module_code=lesson.module_code,
            lesson_code=lesson.code,
            titles=titles,
            starts_at=times[lesson.code],
            ends_at=times[lesson.code] + timedelta(minutes=lesson.minutes),
            place=place,
            checkin_seed=secrets.token_urlsafe(32),
        )
        for lesson, titles in lessons
    ]
    require_apart(slots=[Slot(session.starts_at, session.ends_at, session.name) for session in sessions])
    return sessions


def _save_plan(
    cohort: Cohort,
    outlines: Sequence[ModuleOutline],
    sessions: Sequence[Session],
    lead: User,
    co_trainers: Sequence[User],
) -> None:
    cohort.save(force_insert=True)
    CohortModule.objects.bulk_create(
        CohortModule(cohort=cohort, module_code=outline.code, position=place) for place, outline in enumerate(outlines)
    )
    for session in sessions:
        session.cohort = cohort
    Session.objects.bulk_create(sessions)
    save_trainers(cohort=cohort, lead=lead, co_trainers=co_trainers)


def save_trainers(*, cohort: Cohort, lead: User, co_trainers: Sequence[User], standing: Standing | None = None) -> None:
    """Writes who trains, in place of whoever did; `standing` is the one with which the lead does."""
    cohort.trainers.all().delete()
    helpers = {person.pk: person for person in co_trainers if person.pk != lead.pk}
    note_engagement(people=[lead, *helpers.values()], organisation=cohort.organisation_id)
    CohortTrainer.objects.bulk_create(
        [
            CohortTrainer(cohort=cohort, person=lead, part=TrainerPart.LEAD, standing=standing),
            *(CohortTrainer(cohort=cohort, person=person, part=TrainerPart.CO) for person in helpers.values()),
        ]
    )


def _draft(sessions: Sequence[Session], by: User, at: datetime) -> Cohort:
    """Unsaved, from its first session to its last, with a code and a poster's address of its own."""
    return Cohort(
        code=random_code(6),
        starts_on=min(timezone.localdate(session.starts_at) for session in sessions),
        ends_on=max(timezone.localdate(session.ends_at) for session in sessions),
        join_token=secrets.token_urlsafe(16),
        created_by=by,
        created_at=at,
    )


def _titles(title: Mapping[str, str], outlines: Sequence[ModuleOutline]) -> dict[str, str]:
    """Its own title, else its modules' titles, per language."""
    taught = {code: " + ".join(filter(None, (o.titles.get(code) for o in outlines))) for code in LANGUAGE_CODES}
    return {f"title_{code}": (title.get(code) or taught[code])[:TITLE_LENGTH] for code in LANGUAGE_CODES}


def _outlines(module_codes: Sequence[str]) -> list[ModuleOutline]:
    found = {outline.code: outline for outline in module_outlines(list(module_codes))}
    for code in module_codes:
        if code not in found or not found[code].lessons:
            raise UnknownModule(module=code)
    if not module_codes:
        raise UnknownModule(module="–")
    return [found[code] for code in dict.fromkeys(module_codes)]


def _require_languages(languages: Sequence[str], outlines: Sequence[ModuleOutline]) -> None:
    published = set(LANGUAGE_CODES).intersection(*(outline.languages for outline in outlines))
    if not languages or not set(languages) <= published:
        raise UnknownLanguage


def _require_planner(
    by: User, lead: User, organisation: Organisation, region: Region, module_codes: Sequence[str], day: date
) -> None:
    """A coordinator plans for anybody; whoever has standing plans for herself, a candidate one cohort at a time."""
    if covers(by, organisation, region, PLANNING_ROLES):
        return
    held = [
        standing
        for standing in usable_standings(by, day)
        if standing.organisation_id == organisation.pk and standing.holds_in(region)
    ]
    if not set(module_codes) <= {standing.module_code for standing in held}:
        raise MayNotPlanHere
    if lead.pk != by.pk:
        raise OwnCohortOnly
    require_one_cohort(lead=lead, standings=held, states=(CohortState.DRAFT, *LIVE_STATES))


def require_one_cohort(
    *, lead: User, standings: Sequence[Standing], states: Sequence[str], but: Cohort | None = None
) -> None:
    """Raises OneCohortAtATime for a candidate who leads another cohort in one of `states`."""
    if not any(standing.level == Level.CANDIDATE for standing in standings):
        return
    # Two cohorts of hers that are opened at once wait for one another.
    User.objects.select_for_update(no_key=True).get(pk=lead.pk)
    led = Cohort.objects.filter(trainers__person=lead, trainers__part=TrainerPart.LEAD, state__in=states)
    other = led.exclude(pk=but.pk).first() if but else led.first()
    if other:
        raise OneCohortAtATime(cohort=other.code)
