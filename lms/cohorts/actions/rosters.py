"""A previewed roster, applied: all of it or nothing, and only once."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.cohorts.actions.enrolments import enrol_person, set_facts
from lms.cohorts.actions.opening import CohortEnded
from lms.cohorts.importers import RosterRow
from lms.cohorts.models import Cohort, Enrolment, EnrolmentState
from lms.common.errors import ActionError
from lms.people.actions import create_participant, record_audit, set_legal_name
from lms.people.models import AuditEntry, LegalName, User


class RosterHasQuestions(ActionError):
    code = "roster_has_questions"
    message = _("Say for each marked name whether it is the person that we know. Nothing was imported.")


class ImportResult(NamedTuple):
    """How many people were added to the cohort, how many rows corrected, how many of the added wait for a place."""

    added: int
    changed: int
    waiting: int = 0


@transaction.atomic
def import_roster(
    *, cohort: Cohort, rows: Sequence[RosterRow], by: User, at: datetime, import_id: UUID | None = None
) -> ImportResult:
    """Applies the rows of a preview without errors; nobody is removed.

    The same `import_id` a second time changes nothing and gives the same answer.
    Raises CohortEnded, RosterHasQuestions.
    """
    locked = Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    if import_id and (earlier := _earlier(locked, import_id)):
        return earlier
    if locked.has_ended:
        raise CohortEnded
    if any(row.step == "ask" for row in rows):
        raise RosterHasQuestions
    added = [_add(locked, row, by, at) for row in rows if row.step in ("add", "enrol")]
    changed = [_change(locked, row, by, at) for row in rows if row.step == "change"]
    waiting = sum(enrolment.state == EnrolmentState.WAITING for enrolment in added)
    result = ImportResult(len(added), len(changed), waiting)
    details = {"import": str(import_id), **result._asdict()}
    record_audit(
        verb="import_roster", subject=locked, by=by, at=at, organisation_id=locked.organisation_id, details=details
    )
    return result


def _earlier(cohort: Cohort, import_id: UUID) -> ImportResult | None:
    """What this very import did when it was applied before; the cohort's lock keeps two from running at once."""
    entries = AuditEntry.objects.filter(verb="import_roster", subject_id=str(cohort.pk))
    entry = entries.filter(details__import=str(import_id)).first()
    return ImportResult(**{name: entry.details.get(name, 0) for name in ImportResult._fields}) if entry else None


def _add(cohort: Cohort, row: RosterRow, by: User, at: datetime) -> Enrolment:
    if row.person_id:
        person = User.objects.get(pk=row.person_id)
    else:
        person = create_participant(display_name=row.display_name, language=row.language, by=by, at=at)
    _name(person, row, by, at)
    return enrol_person(cohort=cohort, person=person, language=row.language, facts=row.facts, by=by, at=at)


def _change(cohort: Cohort, row: RosterRow, by: User, at: datetime) -> Enrolment:
    """Only what the file has a value for."""
    enrolment = (
        cohort.enrolments.exclude(state=EnrolmentState.WITHDRAWN)
        .select_related("person", "region")
        .get(person=row.person_id)
    )
    if "language" in row.given:
        enrolment.language = row.language
    set_facts(enrolment=enrolment, facts=row.facts_over(enrolment.facts))
    enrolment.save()
    _name(enrolment.person, row, by, at)
    return enrolment


def _name(person: User, row: RosterRow, by: User, at: datetime) -> None:
    """A legal name from a list never overwrites the one that she gave."""
    if row.legal_name and not LegalName.objects.filter(person=person).exists():
        set_legal_name(person=person, name=row.legal_name, by=by, at=at)
