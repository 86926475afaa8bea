"""Two rows of one person become one.

Each app below hands over what it keeps; what becomes of every table that names a person or an enrolment stands in
HANDED_OVER, DROPPED, LEFT and LEFT_IN_THE_EDITOR, and a test compares them with the tables that there are.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.assessments.actions import require_plain_record, take_over_teaching, unite_attempts
from lms.attendance.actions import take_over_marking, unite_marks
from lms.certificates.actions import require_certificates_apart, take_over_certificates
from lms.cohorts.actions import require_two_parts, take_over_enrolments, take_over_training
from lms.cohorts.models import Cohort, Enrolment, Session
from lms.common.errors import ActionError
from lms.common.journal import append_entry
from lms.notices.actions import take_over_notices
from lms.people.actions import leave_tombstone, record_audit, take_over_records
from lms.people.models import User
from lms.privacy.queries.merging import (
    answers_for,
    bear_names_on_certificates,
    full_names_agree,
    has_duties,
)

# In the journal.
MERGE_PEOPLE = "merge_people"

# "model.field" → no row points at the row that gave way any more.
HANDED_OVER = {
    "people.User.merged_into",
    "people.Role.person",
    "people.Role.asleep_by",
    "people.Role.word_by",
    "people.Role.granted_by",
    "people.Role_in_hands_of.user",
    "people.Engagement.person",
    "people.Invitation.invited_by",
    "people.Consent.person",
    "people.Consent.recorded_by",
    "people.Feedback.settled_by",
    "people.Proposal.proposed_by",
    "people.Proposal.confirmed_by",
    "people.Proposal.declined_by",
    "people.SignatoryChange.by",
    "cohorts.Cohort.created_by",
    "cohorts.CohortTrainer.person",
    "cohorts.Session.led_by",
    "cohorts.Standing.person",
    "cohorts.FoundingProposal.person",
    "cohorts.FoundingProposal.proposed_by",
    "cohorts.FoundingProposal.confirmed_by",
    "cohorts.FoundingProposal.declined_by",
    "cohorts.Coaching.coach",
    "attendance.AttendanceEvent.recorded_by",
    "assessments.Observation.person",
    "assessments.Observation.observer",
    "assessments.Submission.person",
    "assessments.Submission.decided_by",
    "certificates.Certificate.person",
    "certificates.Certificate.issued_by",
    "certificates.StateChange.by",
    "certificates.CertificateDesign.made_by",
}
# Handed over where the row that stays has none of its own, and destroyed otherwise: of these too none is left behind.
DROPPED = {
    "people.User_groups.user",
    "people.User_user_permissions.user",
    "people.PersonKey.person",
    "people.LegalName.person",
    "people.Contact.person",
    "people.EmailChange.person",
    "people.Invitation.person",
    "people.RoleOffer.person",
    "people.RoleOffer.offered_by",
    "notices.ContactRule.person",
    "cohorts.CalendarAddress.person",
    "cohorts.Enrolment_carries.from_enrolment",
    "cohorts.Enrolment_carries.to_enrolment",
    "cohorts.Progress.enrolment",
    "attendance.Mark.enrolment",
    "account.EmailAddress.user",
    "mfa.Authenticator.user",
}
# What may still point at the row or enrolment that gave way, and why.
LEFT = {
    "people.Card.person": "a card of the row that gave way says which one to use",
    "jobs.Job.created_by": "work that was asked for minutes before; its row is gone when it ends",
    "notices.Notice.person": "of a message that both rows have, the second",
    "cohorts.Enrolment.person": "of two enrolments in one cohort, the one that gave way",
    "attendance.AttendanceEvent.enrolment": "where both were marked in one session, the lesser evidence",
    "assessments.Attempt.enrolment": "where both took one test, the lesser attempt",
    "assessments.Allowance.enrolment": "where both were given one test later, the second",
}
# Tables of the editor: whoever writes there signs in with a user name, and such a row never gives way.  What somebody
# wrote before her account was closed stays written by the row that wrote it.
LEFT_IN_THE_EDITOR = ("curricula.", "wagtail")


class OwnRow(ActionError):
    code = "own_row"
    message = _("One of the two is your own. Another coordinator merges it.")


class RowGone(ActionError):
    code = "row_gone"
    message = _("One of the two was erased or merged before. Look at the list again.")


class NotHersAlone(ActionError):
    """Another house, or a coordinator of another region, answers for some of it: which, she is not told."""

    code = "not_hers_alone"
    message = _(
        "You cannot make one person of these two. Why is not said, to protect them: one may be closed, or not yours "
        "alone. Nothing is lost when both stay: ask her which card she wants to use."
    )


class DutiesGiveWay(ActionError):
    code = "duties_give_way"
    message = _(
        "The one that would give way has duties or signs in with a user name. Let that one stay. If both have, an "
        "administrator first ends one of the accounts."
    )


class NamesDiffer(ActionError):
    """What was merged is not taken apart again, and a certificate says who somebody is."""

    code = "names_differ"
    message = _(
        "A certificate bears the full name of one of the two, and that of the other is not the same: the certificate "
        "would become another person's. Ask her. If she is one person, first correct the full name that is wrong; a "
        "certificate with a wrong name is revoked and issued anew."
    )


def require_mergeable(*, kept: User, merged: User, by: User) -> None:
    """Says nothing where the two may become one, `kept` staying.

    Raises OwnRow, RowGone, NotHersAlone, DutiesGiveWay, and of the apps below StandsBesideHerself, JudgesHerself,
    TwoPlansWait, TwoCertificates.
    """
    if by.pk in (kept.pk, merged.pk):
        raise OwnRow
    if kept.pk == merged.pk or _is_gone(kept) or _is_gone(merged):
        raise RowGone
    if not kept.is_active or not answers_for(by, kept) or not answers_for(by, merged):
        raise NotHersAlone
    _require_unitable(kept, merged)


def _require_unitable(kept: User, merged: User) -> None:
    """What no decision of somebody changes: two rows that contradict each other are not one person's."""
    if has_duties(merged):
        raise DutiesGiveWay
    require_two_parts(kept=kept, merged=merged)
    require_plain_record(kept=kept, merged=merged)
    require_certificates_apart(kept=kept, merged=merged)


@transaction.atomic
def compare_names(*, one: User, other: User, by: User, at: datetime) -> bool | None:
    """Is the name for the certificate the same on both?  None where one has none.  Both see that it was compared.

    Whoever writes a name onto a row of her own would find out another's by it: so of nobody whom she could not merge.
    Raises what `require_mergeable` does, where neither may stay.
    """
    try:
        require_mergeable(kept=other, merged=one, by=by)
    except ActionError:
        require_mergeable(kept=one, merged=other, by=by)
    agree = full_names_agree(one, other)
    if agree is not None:
        house = _houses(one, other)[0]
        for person in (one, other):
            record_audit(verb="compare_names", subject=person, by=by, at=at, organisation_id=house)
    return agree


@transaction.atomic
def merge_people(*, kept: User, merged: User, by: User, at: datetime) -> User:
    """All that was two people's is one's; the other row stays as a tombstone without a name or a way in.

    The card of the row that stays works on; the other's says so.  A repeat is harmless.
    Raises what `require_mergeable` does, and NamesDiffer.
    """
    kept, merged = _lock(kept, merged)
    if merged.merged_into_id == kept.pk:
        return kept
    require_mergeable(kept=kept, merged=merged, by=by)
    if full_names_agree(kept, merged) is False and bear_names_on_certificates(kept, merged):
        raise NamesDiffer
    _unite(kept, merged, by, at)
    append_entry(MERGE_PEOPLE, str(kept.pk), at, merged=str(merged.pk))
    return kept


@transaction.atomic
def merge_again(*, kept: User, merged: User, at: datetime) -> None:
    """What a coordinator decided before a restore: without it her "no" and her new card would miss the other row.

    Who may is not asked again, nor for names: they were compared then, and a backup may have an older one.  A row that
    is gone is let be.  Raises DutiesGiveWay, StandsBesideHerself, JudgesHerself, TwoPlansWait, TwoCertificates.
    """
    kept, merged = _lock(kept, merged)
    if not _is_gone(kept) and not _is_gone(merged):
        _require_unitable(kept, merged)
        _unite(kept, merged, None, at)


def _unite(kept: User, merged: User, by: User | None, at: datetime) -> None:
    houses = _houses(kept, merged)
    pairs = take_over_enrolments(kept=kept, merged=merged, at=at)
    moved = {
        "merged": str(merged.pk),
        "enrolments": {str(gives_way.pk): str(stays.pk) for stays, gives_way in pairs},
        "marks": sum(unite_marks(stays=stays, gives_way=gives_way, at=at) for stays, gives_way in pairs),
        "tests": sum(unite_attempts(stays=stays, gives_way=gives_way) for stays, gives_way in pairs),
        "certificates": take_over_certificates(kept=kept, merged=merged),
    }
    take_over_marking(kept=kept, merged=merged)
    take_over_teaching(kept=kept, merged=merged)
    take_over_training(kept=kept, merged=merged)
    take_over_notices(kept=kept, merged=merged, at=at)
    take_over_records(kept=kept, merged=merged, by=by, at=at)
    leave_tombstone(merged=merged, kept=kept, at=at)
    for house in houses:
        record_audit(verb="merge_people", subject=kept, by=by, at=at, organisation_id=house, details=moved)


def _lock(kept: User, merged: User) -> tuple[User, User]:
    """Sessions where both are in, cohorts, enrolments, people: as whoever marks takes them, each in one order.

    So what somebody marks at this moment is united as well, or refused.  The only locks that keep a foreign key
    waiting: no row about the one that gives way may come in between.
    """
    both = [kept.pk, merged.pk]
    theirs = Enrolment.objects.filter(person__in=both)
    shared = theirs.filter(person=kept, cohort__enrolments__person=merged)
    list(Session.objects.select_for_update().filter(cohort__in=shared.values("cohort")).order_by("pk"))
    list(Cohort.objects.select_for_update().filter(pk__in=theirs.values("cohort")).order_by("pk"))
    list(theirs.select_for_update().order_by("pk"))
    people = User.objects.select_for_update(of=("self",)).select_related("key").filter(pk__in=both).order_by("pk")
    found = {person.pk: person for person in people}
    return found[kept.pk], found[merged.pk]


def _is_gone(person: User) -> bool:
    return person.erased_at is not None or person.merged_into_id is not None


def _houses(kept: User, merged: User) -> list:
    """Whose trail tells of it: the organisations in whose cohorts they took part."""
    cohorts = Cohort.objects.filter(enrolments__person__in=[kept.pk, merged.pk])
    return list(cohorts.order_by("organisation").values_list("organisation", flat=True).distinct())
