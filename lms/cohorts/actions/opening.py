"""Opening and cancelling: the texts are pinned and the lineage is written once."""

import secrets
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NoReturn

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curricula.queries import module_outlines
from curricula.snapshots import pins_of_module
from lms.cohorts.actions.ending import end_cohort
from lms.cohorts.actions.planning import require_one_cohort
from lms.cohorts.checks import spoken
from lms.cohorts.models import (
    LIVE_STATES,
    Cohort,
    CohortModule,
    CohortState,
    CohortTrainer,
    Level,
    Pin,
    Session,
    SessionState,
    Standing,
    StandingState,
    TrainerPart,
)
from lms.cohorts.queries import LEVEL_ORDER
from lms.common.errors import ActionError
from lms.common.languages import LANGUAGE_NAMES
from lms.people.actions import record_audit
from lms.people.models import User
from lms.people.permissions import has_left


class CohortNotDraft(ActionError):
    code = "cohort_not_draft"
    message = _("Only a draft can be opened. This cohort was opened or cancelled before.")


class CohortNotLive(ActionError):
    code = "cohort_not_live"
    message = _("This cohort is not open. Open it first, or look whether it was closed.")


class CohortEnded(ActionError):
    code = "cohort_ended"
    message = _("While a cohort is closed or cancelled, nothing in it can be changed.")


class NoSessions(ActionError):
    code = "no_sessions"
    message = _("All sessions are cancelled. Plan at least one before you open the cohort.")


class LeadHasLeft(ActionError):
    code = "lead_has_left"
    message = _("The lead trainer does not work for this organisation any more. Choose another lead trainer.")


class LeadWithoutStanding(ActionError):
    code = "lead_without_standing"
    message = _(
        "The lead trainer may not train the module %(module)s for this organisation in this region on these dates. "
        "Choose another lead trainer, or have a standing granted on the page “Standings”."
    )


class LeadRests(LeadWithoutStanding):
    code = "lead_rests"
    message = _(
        "The lead trainer's licence for the module %(module)s rests: she may help as a co-trainer. Choose another lead "
        "trainer; what brings the licence back stands on the page “Standings”."
    )


class LanguageNotCovered(ActionError):
    code = "language_not_covered"
    message = _(
        "None of the trainers may train in this language: %(language)s. "
        "Add a co-trainer who may, or plan the cohort anew without this language."
    )


class CandidateNeedsCoach(ActionError):
    code = "candidate_needs_coach"
    message = _("The lead trainer is a candidate and has no coach today. Name a coach on the page “Standings” first.")


@transaction.atomic
def open_cohort(*, cohort: Cohort, by: User, at: datetime) -> Cohort:
    """Pins every text by revision, writes parent and generation from the lead's standing, and opens enrolment.

    Raises CohortNotDraft, NoSessions, LeadHasLeft, LeadWithoutStanding, LanguageNotCovered, CandidateNeedsCoach,
    OneCohortAtATime.
    """
    locked = Cohort.objects.select_for_update(of=("self",), no_key=True).select_related("region").get(pk=cohort.pk)
    if locked.state != CohortState.DRAFT:
        raise CohortNotDraft
    if not locked.sessions.exclude(state=SessionState.CANCELLED).exists():
        raise NoSessions
    lead = locked.trainers.select_related("person").get(part=TrainerPart.LEAD)
    standings = lead_standings(cohort=locked, lead=lead.person, day=timezone.localdate(at))
    _pin_texts(locked)
    _write_lineage(locked, lead, standings[0])
    Session.objects.filter(cohort=locked).update(known_revision=F("revision"))
    locked.state, locked.opened_at, locked.joining_open = CohortState.OPEN, at, True
    locked.save()
    record_audit(verb="open_cohort", subject=locked, by=by, at=at, organisation_id=locked.organisation_id)
    return locked


@transaction.atomic
def cancel_cohort(*, cohort: Cohort, by: User, at: datetime) -> Cohort:
    """Calls it off; open tests are closed, and what was recorded stays.  Raises CohortEnded."""
    locked = lock_unended(cohort=cohort)
    end_cohort(cohort=locked, state=CohortState.CANCELLED, by=by, at=at)
    record_audit(verb="cancel_cohort", subject=locked, by=by, at=at, organisation_id=locked.organisation_id)
    return locked


@transaction.atomic
def set_joining(*, cohort: Cohort, is_open: bool, by: User, at: datetime) -> Cohort:
    """Opens or closes the poster's address; opened again it is a new one, so that an old poster is worth nothing.

    Raises CohortNotLive.
    """
    locked = Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    if not locked.is_live:
        raise CohortNotLive
    if is_open and not locked.joining_open:
        locked.join_token = secrets.token_urlsafe(16)
    locked.joining_open = is_open
    locked.save(update_fields=["join_token", "joining_open"])
    verb = "open_joining" if is_open else "close_joining"
    record_audit(verb=verb, subject=locked, by=by, at=at, organisation_id=locked.organisation_id)
    return locked


def lock_unended(*, cohort: Cohort) -> Cohort:
    """The cohort's row under lock, for whatever changes it or its people.  Raises CohortEnded."""
    locked = Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    if locked.has_ended:
        raise CohortEnded
    return locked


def lead_standings(*, cohort: Cohort, lead: User, day: date) -> list[Standing]:
    """The lead's standing for each module, in the modules' order.

    Raises LeadHasLeft, LeadWithoutStanding, CandidateNeedsCoach, OneCohortAtATime, LanguageNotCovered.
    """
    if has_left(lead, cohort.organisation_id):
        raise LeadHasLeft
    held = _holding(cohort, [lead], day)
    standings = [
        _best_for(module.module_code, held) or _refuse(cohort, lead, module.module_code, day)
        for module in cohort.modules.all()
    ]
    candidates = [standing for standing in standings if standing.level == Level.CANDIDATE]
    for standing in candidates:
        if not _has_coach(standing, day):
            raise CandidateNeedsCoach(standing=standing.pk)
    require_one_cohort(lead=lead, standings=candidates, states=LIVE_STATES, but=cohort)
    _require_spoken(cohort, day)
    return standings


def _holding(cohort: Cohort, people: Collection[User], day: date) -> list[Standing]:
    """With what these people may train here."""
    found = Standing.objects.usable(day).of_colleagues().filter(person__in=people)
    return [standing for standing in found.select_related("region") if standing.serves(cohort, day)]


def _best_for(module_code: str, standings: Sequence[Standing]) -> Standing | None:
    fitting = [standing for standing in standings if standing.module_code == module_code]
    return min(fitting, key=lambda standing: LEVEL_ORDER.index(Level(standing.level)), default=None)


def _refuse(cohort: Cohort, lead: User, module_code: str, day: date) -> NoReturn:
    hers = Standing.objects.in_force(day).filter(person=lead, module_code=module_code, state=StandingState.DORMANT)
    rests = hers.filter(organisation=cohort.organisation_id).exists()
    raise (LeadRests if rests else LeadWithoutStanding)(module=module_code)


def _has_coach(standing: Standing, day: date) -> bool:
    return standing.coachings.filter(starts_on__lte=day, ends_on__gte=day).exists()


def _require_spoken(cohort: Cohort, day: date) -> None:
    trainers = [part.person for part in cohort.trainers.select_related("person")]
    modules = {module.module_code for module in cohort.modules.all()}
    covered = spoken(s for s in _holding(cohort, trainers, day) if s.module_code in modules)
    for language in cohort.languages:
        if language not in covered:
            raise LanguageNotCovered(language=LANGUAGE_NAMES[language])


def _pin_texts(cohort: Cohort) -> None:
    modules = list(cohort.modules.all())
    outlines = {outline.code: outline for outline in module_outlines([module.module_code for module in modules])}
    for module in modules:
        outline = outlines[module.module_code]
        module.pinned = {
            "titles": outline.titles,
            "minutes": outline.minutes,
            "objectives": outline.objectives,
            "rule": outline.rule.as_json(),
        }
        Pin.objects.bulk_create(
            Pin(
                cohort=cohort,
                kind=spec.kind,
                module_code=spec.module_code,
                code=spec.code,
                language=spec.language,
                revision_id=spec.revision_id,
            )
            for spec in pins_of_module(module.module_code)
        )
    CohortModule.objects.bulk_update(modules, ["pinned"])


def _write_lineage(cohort: Cohort, lead: CohortTrainer, standing: Standing) -> None:
    """Founding trainers begin the count; everybody else stands one generation below the cohort she qualified in."""
    parent = None if standing.level == Level.FOUNDING else standing.qualified_in
    cohort.parent = parent
    cohort.generation = 0 if parent is None else (parent.generation or 0) + 1
    lead.standing = standing
    lead.save(update_fields=["standing"])
