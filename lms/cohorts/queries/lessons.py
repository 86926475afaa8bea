"""The pinned texts of a cohort, as its people read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, IntegerField, QuerySet, UUIDField
from django.http import Http404
from django.shortcuts import get_object_or_404
from wagtail.models import Revision

from curricula.checks.objectives import ServedObjective
from curricula.models import LessonPage, ModulePage
from curricula.snapshots import changed_since, lesson_at, module_at, objectives_at
from lms.cohorts.models import PINNED_STATES, Cohort, Enrolment, Pin, PinKind, Progress, Session
from lms.cohorts.permissions import may_read_plan
from lms.cohorts.queries.cohorts import observed_cohorts_for, own_enrolments, run_cohorts_for
from lms.common.languages import pick
from lms.common.prepared import prepared
from lms.people.models import User


@dataclass(frozen=True)
class Reading:
    """Who reads in which cohort: enrolled, or (without an enrolment) somebody who runs it."""

    cohort: Cohort
    enrolment: Enrolment | None


@dataclass(frozen=True)
class LessonText:
    """A pinned lesson in one language, with its neighbours in the cohort's order."""

    page: LessonPage
    code: str
    language: str
    languages: tuple[str, ...]
    changed: bool
    previous: Session | None
    following: Session | None


@dataclass(frozen=True)
class FacilitatorPlan:
    """A pinned lesson with its steps, and what the module says to the facilitator."""

    lesson: LessonPage
    module: ModulePage
    language: str
    changed: bool
    # When the text that is read here was written.
    version: datetime


@dataclass(frozen=True)
class ObjectivesMap:
    """A pinned module with what serves each of its objectives."""

    module: ModulePage
    language: str
    objectives: list[ServedObjective]


def reading_or_404(user: User, cohort_id: UUID) -> Reading:
    """The enrolled read, and whoever runs the cohort; for everybody else it does not exist."""
    if hers := _enrolments(person=user.pk, cohort=cohort_id):
        return Reading(hers[0].cohort, hers[0])
    return Reading(get_object_or_404(run_cohorts_for(user), pk=cohort_id), None)


@prepared(person=UUIDField(), cohort=UUIDField())
def _enrolments(person: Any, cohort: Any) -> QuerySet[Enrolment]:
    hers = own_enrolments(person).enrolled().filter(cohort=cohort)
    return hers.select_related(None).select_related("cohort").order_by()


def lesson_text_or_404(reading: Reading, lesson_code: str, wanted: str) -> LessonText:
    """The lesson in the wanted language where the cohort has it, else in the reader's own, else in any."""
    cohort = reading.cohort
    pins = _lesson_pins(cohort, lesson_code, cohort.languages)
    own = reading.enrolment.language if reading.enrolment else cohort.languages[0]
    language = _chosen(pins, wanted, own)
    neighbours = _neighbours(cohort, lesson_code)
    [revision] = _revisions(pk=pins[language])
    return LessonText(
        page=lesson_at(revision, plan=False),
        code=lesson_code,
        language=language,
        languages=tuple(pins),
        changed=changed_since([revision])[revision.pk],
        previous=neighbours[0],
        following=neighbours[1],
    )


def plan_or_404(user: User, cohort_id: UUID, lesson_code: str, wanted: str) -> tuple[Cohort, FacilitatorPlan]:
    """The facilitator's plan, for those who run or observe the cohort or have standing for the module."""
    cohort = _pinned_cohort_or_404(cohort_id)
    lessons = _lesson_pins(cohort, lesson_code, None)
    module_code = Pin.objects.filter(cohort=cohort, kind=PinKind.LESSON, code=lesson_code).first()
    if module_code is None or not _may_read(user, cohort, module_code.module_code):
        raise Http404
    modules = _pinned(cohort, PinKind.MODULE, module_code.module_code, None)
    language = _chosen({code: lessons[code] for code in lessons if code in modules}, wanted, cohort.languages[0])
    revisions = Revision.objects.in_bulk([lessons[language], modules[language]])
    plan = FacilitatorPlan(
        lesson=lesson_at(revisions[lessons[language]]),
        module=module_at(revisions[modules[language]]),
        language=language,
        changed=any(changed_since(revisions.values()).values()),
        version=max(revision.created_at for revision in revisions.values()),
    )
    return cohort, plan


def objectives_or_404(user: User, cohort_id: UUID, module_code: str, wanted: str) -> tuple[Cohort, ObjectivesMap]:
    """What serves each objective, for those who may read the module's plans."""
    cohort = _pinned_cohort_or_404(cohort_id)
    modules = _pinned(cohort, PinKind.MODULE, module_code, None)
    if not modules or not _may_read(user, cohort, module_code):
        raise Http404
    language = _chosen(modules, wanted, cohort.languages[0])
    pins = Pin.objects.filter(cohort=cohort, module_code=module_code, language__in=["", language]).order_by("code")
    revisions: dict[str, list[Revision]] = {}
    for pin in pins.select_related("revision"):
        revisions.setdefault(pin.kind, []).append(pin.revision)
    module = revisions[PinKind.MODULE][0]
    served = objectives_at(
        module,
        revisions.get(PinKind.LESSON, []),
        revisions.get(PinKind.QUIZ, []),
        revisions.get(PinKind.QUESTION, []),
    )
    return cohort, ObjectivesMap(module_at(module), language, served)


def _pinned_cohort_or_404(cohort_id: UUID) -> Cohort:
    return get_object_or_404(Cohort.objects.prefetch_related("trainers"), pk=cohort_id, state__in=PINNED_STATES)


def _may_read(user: User, cohort: Cohort, module_code: str) -> bool:
    return may_read_plan(user, cohort, module_code) or observed_cohorts_for(user).filter(pk=cohort.pk).exists()


def has_read(enrolment: Enrolment, lesson_code: str) -> bool:
    """Did she say that she has read it?"""
    return bool(_progress(enrolment=enrolment.pk, lesson=lesson_code))


@prepared(enrolment=UUIDField(), lesson=CharField())
def _progress(enrolment: Any, lesson: Any) -> QuerySet[Progress, int]:
    return Progress.objects.filter(enrolment=enrolment, lesson_code=lesson).values_list("pk", flat=True)


def _lesson_pins(cohort: Cohort, lesson_code: str, languages: Sequence[str] | None) -> dict[str, int]:
    pins = _pinned(cohort, PinKind.LESSON, lesson_code, languages)
    if not pins:
        raise Http404
    return pins


def _pinned(cohort: Cohort, kind: PinKind, code: str, languages: Sequence[str] | None) -> dict[str, int]:
    """{language: id of the revision}, in the order of `languages` (None: all that are pinned, the cohort's first).

    Ids alone: a revision holds a whole lesson, and only one of them is shown.
    """
    found = dict(_pins(cohort=cohort.pk, kind=kind, code=code))
    order = cohort.languages if languages is None else languages
    rest = [code for code in found if code not in order] if languages is None else []
    return {code: found[code] for code in (*order, *rest) if code in found}


@prepared(cohort=UUIDField(), kind=CharField(), code=CharField())
def _pins(cohort: Any, kind: Any, code: Any) -> QuerySet[Pin, tuple[str, int]]:
    return Pin.objects.filter(cohort=cohort, kind=kind, code=code).values_list("language", "revision_id")


@prepared(pk=IntegerField())
def _revisions(pk: Any) -> QuerySet[Revision]:
    return Revision.objects.filter(pk=pk)


def _chosen(pins: dict[str, int], wanted: str, own: str) -> str:
    available = {code: code for code in pins}
    return available.get(wanted) or available.get(own) or pick(available)


@prepared(cohort=UUIDField())
def _sessions(cohort: Any) -> QuerySet[Session]:
    return Session.objects.filter(cohort=cohort)


def _neighbours(cohort: Cohort, lesson_code: str) -> tuple[Session | None, Session | None]:
    """The lesson before and the lesson after, in the order in which they are held first."""
    lessons: dict[str, Session] = {}
    for session in _sessions(cohort=cohort.pk):
        if not session.is_extra and (session.counts or session.lesson_code == lesson_code):
            lessons.setdefault(session.lesson_code, session)
    codes = list(lessons)
    if lesson_code not in lessons:
        return None, None
    place = codes.index(lesson_code)
    before = lessons[codes[place - 1]] if place else None
    after = lessons[codes[place + 1]] if place + 1 < len(codes) else None
    return before, after
