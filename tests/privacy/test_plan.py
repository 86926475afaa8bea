"""Every column that names a person has a fate when she is erased: a table of tomorrow cannot be forgotten."""

import pytest
from django.apps import apps

from lms.people.models import User
from lms.privacy.actions import Wish, erase_person
from tests.factories.people import AT
from tests.factories.privacy import make_known

pytestmark = pytest.mark.django_db

# The row is destroyed, or no longer leads to her.
GONE = {
    "account.EmailAddress.user",
    "certificates.Certificate.person",
    "cohorts.CalendarAddress.person",
    "mfa.Authenticator.user",
    "notices.ContactRule.person",
    "people.Card.person",
    "people.Contact.person",
    "people.EmailChange.person",
    "people.Engagement.person",
    "people.Invitation.person",
    "people.LegalName.person",
    "people.PersonKey.person",
    "people.RoleOffer.person",
    "people.User_groups.user",
    "people.User_user_permissions.user",
    "wagtailadmin.EditingSession.user",
    "wagtailadmin.FormState.user",
    "wagtailcore.APIToken.user",
    "wagtailcore.PageSubscription.user",
    "wagtailusers.UserProfile.user",
}
# Of those, what no test makes.
NOT_MADE = {
    "people.User_groups.user",
    "people.User_user_permissions.user",
    "wagtailadmin.EditingSession.user",
    "wagtailadmin.FormState.user",
    "wagtailcore.APIToken.user",
    "wagtailcore.PageSubscription.user",
}
# Evidence under her number; whatever was written about her in it is emptied, and her facts are counts.
STAYS = {
    "assessments.Observation.person": "that it was passed; the note is empty",
    "assessments.Submission.person": "that it was accepted; title, text and answer are empty",
    "cohorts.Coaching.coach": "it ends on that day",
    "cohorts.CohortTrainer.person": "of cohorts that have ended: their lineage",
    "cohorts.Enrolment.person": "for the counts; it says nothing of her",
    "cohorts.FoundingProposal.person": "two people's signatures; the reason is empty",
    "cohorts.Standing.person": "withdrawn; the reason is empty",
    "notices.Notice.person": "that something was sent; what waits is destroyed",
    "people.Consent.person": "what she agreed to, and that she took it back",
    "people.Role.person": "ended",
    "people.User.merged_into": "a tombstone, erased as well",
}
# What she did as somebody who works here, to others or to texts: her number, which leads to no name any more.
DID = {
    "assessments.Observation.observer",
    "assessments.Submission.decided_by",
    "attendance.AttendanceEvent.recorded_by",
    "certificates.Certificate.issued_by",
    "certificates.CertificateDesign.made_by",
    "certificates.StateChange.by",
    "cohorts.Cohort.created_by",
    "cohorts.FoundingProposal.confirmed_by",
    "cohorts.FoundingProposal.declined_by",
    "cohorts.FoundingProposal.proposed_by",
    "cohorts.Session.led_by",
    "curricula.CurriculumPage.locked_by",
    "curricula.CurriculumPage.owner",
    "curricula.HomePage.locked_by",
    "curricula.HomePage.owner",
    "curricula.LessonPage.locked_by",
    "curricula.LessonPage.owner",
    "curricula.ModulePage.locked_by",
    "curricula.ModulePage.owner",
    "jobs.Job.created_by",
    "people.Consent.recorded_by",
    "people.Feedback.settled_by",
    "people.Invitation.invited_by",
    "people.Proposal.confirmed_by",
    "people.Proposal.declined_by",
    "people.Proposal.proposed_by",
    "people.Role.asleep_by",
    "people.Role.granted_by",
    "people.Role.word_by",
    "people.RoleOffer.offered_by",
    "people.Role_in_hands_of.user",
    "people.SignatoryChange.by",
    "wagtail_localize.SegmentOverride.last_translated_by",
    "wagtail_localize.StringTranslation.last_translated_by",
    "wagtailcore.Comment.resolved_by",
    "wagtailcore.Comment.user",
    "wagtailcore.CommentReply.user",
    "wagtailcore.ModelLogEntry.user",
    "wagtailcore.Page.locked_by",
    "wagtailcore.Page.owner",
    "wagtailcore.PageLogEntry.user",
    "wagtailcore.Revision.user",
    "wagtailcore.TaskState.finished_by",
    "wagtailcore.UploadedFile.uploaded_by_user",
    "wagtailcore.WorkflowState.requested_by",
    "wagtaildocs.Document.uploaded_by_user",
    "wagtailimages.Image.uploaded_by_user",
}


def columns():
    """Every column that leads to a person, {"app.Model.field": (model, field)}."""
    return {
        f"{model._meta.label}.{field.name}": (model, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.concrete and field.related_model is User and not field.many_to_many
    }


def test_each_column_that_names_a_person_has_a_fate():
    assert set(columns()) == GONE | STAYS.keys() | DID


def test_what_is_to_be_gone_is_gone_and_what_stays_is_there():
    known, found = make_known(), columns()
    hers = {name: model._default_manager.filter(**{field: known.person}) for name, (model, field) in found.items()}
    before = {name: rows.count() for name, rows in hers.items()}
    assert {name for name in GONE if not before[name]} == NOT_MADE
    erase_person(person=known.person, by=known.coordinator, at=AT, wish=Wish())
    assert {name for name in GONE if hers[name].exists()} == set()
    assert {name for name in STAYS if before[name] and not hers[name].exists()} <= {"notices.Notice.person"}
