"""What stands about a person in a cohort, put right."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.cohorts.actions.enrolments import set_facts
from lms.cohorts.actions.opening import lock_unended
from lms.cohorts.models import Enrolment, EnrolmentState, Facts
from lms.cohorts.queries import may_correct_name
from lms.common.errors import ActionError
from lms.common.names import clean_name
from lms.people.actions import change_display_name, lock_living, record_audit
from lms.people.models import User


class LeftMeanwhile(ActionError):
    code = "left_meanwhile"
    message = _("She has left this cohort; what stands about her there stays as it is.")


class NotSpokenHere(ActionError):
    code = "not_spoken_here"
    message = _("This cohort is not held in that language.")


class NameIsHers(ActionError):
    code = "name_is_hers"
    message = _(
        "She has duties of her own, or takes part with another organisation as well, so only she changes how she is"
        " called: under “My data and consents”."
    )


@transaction.atomic
def correct_enrolment(
    *, enrolment: Enrolment, language: str, facts: Facts, display_name: str = "", by: User, at: datetime
) -> list[str]:
    """Writes what is different, and says the names of these fields; "" leaves the display name.

    Nobody's certificate changes by it.
    Raises CohortEnded, PersonErased, PersonMerged, LeftMeanwhile, NotSpokenHere, NameIsHers, NotAName.
    """
    cohort = lock_unended(cohort=enrolment.cohort)
    rows = Enrolment.objects.select_related("person", "region")
    locked = rows.select_for_update(of=("self",), no_key=True).get(pk=enrolment.pk)
    person, name = lock_living(person=locked.person), clean_name(display_name)
    if locked.state == EnrolmentState.WITHDRAWN:
        raise LeftMeanwhile
    if language not in cohort.languages:
        raise NotSpokenHere
    changed = _different(locked, language, facts)
    locked.language = language
    set_facts(enrolment=locked, facts=facts)
    locked.save()
    if name and name != person.display_name:
        if not may_correct_name(by, enrolment):
            raise NameIsHers
        change_display_name(person=person, display_name=name, by=by, at=at)
        changed.append("display_name")
    if changed:
        details = {"cohort": cohort.code, "fields": changed}
        organisation_id = cohort.organisation_id
        record_audit(
            verb="correct_enrolment", subject=locked, by=by, at=at, organisation_id=organisation_id, details=details
        )
    return changed


def _different(enrolment: Enrolment, language: str, facts: Facts) -> list[str]:
    new = {"language": language, **vars(facts)}
    return [name for name, value in new.items() if value != getattr(enrolment, name)]
