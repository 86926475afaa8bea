"""One person's copy: everything that is kept about her, and nothing of anybody else."""

import io
import json
import zipfile

import pytest
from django.test import Client
from django.utils.html import escape

from lms.assessments.actions import close_paper
from lms.assessments.models import Answer, Attempt
from lms.common.languages import pick
from lms.people.actions import put_to_sleep, renew_pins
from lms.people.models import AuditEntry, Role, RoleKind, User
from lms.privacy.exports import everything_about
from tests.factories.assessments import make_attempt, make_paper, right_answers
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import AT, browser, make_organisation, make_person, make_role, make_staff
from tests.factories.privacy import WORDS, make_known
from tests.privacy.test_plan import columns

pytestmark = pytest.mark.django_db
OWN = "/en/me/data/copy/file/"
# What colleagues noted for one another.
NOT_HERS = {"known since school", "husband complained"}
# In which section what a column leads to is found.
FOUND_IN = {
    "account.EmailAddress.user": "account",
    "assessments.Observation.person": "observations",
    "assessments.Submission.person": "plans",
    "certificates.Certificate.person": "certificates",
    "cohorts.CalendarAddress.person": "calendar_addresses",
    "cohorts.Coaching.coach": "coachings",
    "cohorts.CohortTrainer.person": "cohorts_trained",
    "cohorts.Enrolment.person": "enrolments",
    "cohorts.FoundingProposal.person": "proposals",
    "cohorts.Session.led_by": "stood_in",
    "cohorts.Standing.person": "standings",
    "mfa.Authenticator.user": "account",
    "notices.ContactRule.person": "contact_rule",
    "notices.Notice.person": "messages",
    "people.Card.person": "cards",
    "people.Consent.person": "consents",
    "people.Contact.person": "contacts",
    "people.EmailChange.person": "contacts",
    "people.Engagement.person": "roles",
    "people.Invitation.person": "account",
    "people.LegalName.person": "full_name",
    "people.Role.person": "roles",
    "people.RoleOffer.person": "role_offers",
}
# Opens things, or says nothing about her.
NOT_IN_IT = {
    "people.PersonKey.person": "opens what is encrypted",
    "people.User.merged_into": "the rows of before say nothing any more",
    "people.User_groups.user": "follow from her roles",
    "people.User_user_permissions.user": "given to nobody",
    "wagtailadmin.EditingSession.user": "which page is open in the editor; gone in minutes",
    "wagtailadmin.FormState.user": "a draft of a page; gone in days",
    "wagtailcore.APIToken.user": "opens the editor's interface",
    "wagtailcore.PageSubscription.user": "which page of the editor she follows",
    "wagtailusers.UserProfile.user": "how the editor looks to her",
}
# Her number beside what she did as somebody who works here; what she did stands in the record, as codes.
IN_THE_RECORD = {
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
}


def unpacked(answer) -> dict[str, bytes]:
    assert answer.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    return {name: archive.read(name) for name in archive.namelist()}


def data_of(person: User) -> dict:
    return json.loads(unpacked(browser(person).post(OWN))["data.json"])


def test_everything_about_her_is_in_it_as_data_and_as_a_page():
    known = make_known()
    files = unpacked(browser(known.person).post(OWN))
    papers = {f"certificate-{number}.{kind}" for number in (1, 2) for kind in ("pdf", "json")}
    assert set(files) == {"data.json", "data.html", *papers}
    assert json.loads(files["certificate-1.json"])["credentialSubject"]["id"] == known.certificate.subject.urn
    for name in ("data.json", "data.html"):
        text = files[name].decode()
        assert {word for word in WORDS if word.casefold() not in text.casefold()} == NOT_HERS
    assert all(files[name].startswith(b"%PDF") for name in files if name.endswith(".pdf"))
    data = json.loads(files["data.json"])
    assert data["full_name"][0]["name"] == "Зарина Кадырбековна Сыдыкова"
    assert {row["sex"] for row in data["enrolments"]} == {"female"}
    assert data["certificates"][0]["address"].endswith(f"/v/{known.certificate.public_id}")
    assert data["marks"]
    assert data["answers"]


def test_answers_are_words_on_the_page_and_codes_in_the_data():
    known = make_known()
    files = unpacked(browser(known.person).post(OWN))
    answer, page = Answer.objects.filter(attempt__enrolment__person=known.person).first(), files["data.html"].decode()
    item = next(item for item in answer.attempt.paper.content["items"] if item["key"] == answer.item_key)
    assert escape(pick(item["text"], known.person.language)) in page
    assert f"<dd>{answer.item_key}</dd>" not in page
    assert answer.item_key in {row["question"] for row in json.loads(files["data.json"])["answers"]}


def test_what_nothing_is_kept_of_is_one_sentence():
    page = unpacked(browser(make_person()).post(OWN))["data.html"].decode()
    assert page.count("эч нерсе сакталган жок") == 1


def test_nothing_of_anybody_else_is_in_it():
    known = make_known()
    make_enrolment(known.cohort, make_person("Бермет"))
    pages = unpacked(browser(known.person).post(OWN))
    for name in ("data.json", "data.html"):
        text = pages[name].decode()
        # Every colleague of these tests is called so: observers, coach, coordinators, lead trainer.
        assert "staff-" not in text
        assert "Бермет" not in text
        others = User.objects.exclude(pk=known.person.pk).values_list("pk", flat=True)
        assert [one for one in others if str(one) in text] == []


def test_each_column_that_leads_to_a_person_is_in_it_or_left_out_with_a_reason():
    editors = {name for name in columns() if name.split(".")[0] in {"curricula", "wagtail_localize"}}
    editors |= {name for name in columns() if name.startswith(("wagtailcore.", "wagtaildocs.", "wagtailimages."))}
    named = FOUND_IN.keys() | NOT_IN_IT.keys() | IN_THE_RECORD
    assert set(columns()) - (editors - NOT_IN_IT.keys()) == named
    known = make_known()
    sections = {section.code: section for section in everything_about(known.person)}
    full = {name for name, (model, field) in columns().items() if model.objects.filter(**{field: known.person})}
    assert {name for name in FOUND_IN if name in full and not sections[FOUND_IN[name]].rows} == set()
    assert set(FOUND_IN) - full <= {"cohorts.Coaching.coach", "cohorts.Session.led_by"}


def test_each_row_has_a_label_for_all_that_it_says():
    for section in everything_about(make_known().person):
        for row in section.rows:
            assert row.keys() == section.labels.keys(), section.code


def test_points_stay_hidden_until_the_second_test_has_closed():
    cohort = make_cohort()
    enrolment = make_enrolment(cohort)
    paper = make_paper(cohort, "post")
    make_attempt(enrolment, paper, right_answers(paper), handed_in=True)
    (test,) = data_of(enrolment.person)["tests"]
    assert (test["moment"], test["points"]) == ("post", None)
    close_paper(paper=paper, by=cohort.trainers.get().person, at=AT)
    (test,) = data_of(enrolment.person)["tests"]
    assert float(test["points"]) == float(Attempt.objects.get().points) > 0


def test_it_is_made_by_a_button_written_down_and_kept_by_no_cache():
    person = make_person("Зарина")
    client = browser(person)
    assert client.get(OWN).status_code == 405
    page = client.get("/en/me/data/copy/")
    assert (page.status_code, OWN in page.text) == (200, True)
    answer = client.post(OWN)
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="yntymak-data-20')
    entry = AuditEntry.objects.get(verb="export_person")
    assert (entry.actor_id, entry.subject_id, entry.details) == (person.pk, str(person.pk), {"channel": "screen"})


def test_it_speaks_her_language_whoever_takes_it_for_her():
    person = make_person(language="ru")
    page = unpacked(browser(person).post(OWN))["data.html"].decode()
    assert '<html lang="ru">' in page
    assert "Имя для обращения" in page


def test_what_she_calls_herself_is_text_and_no_mark_up():
    person = make_person("<script>alert(1)</script>")
    page = unpacked(browser(person).post(OWN))["data.html"].decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_the_coordinator_takes_it_for_her_and_that_is_written_down(regions):
    enrolment = make_enrolment(make_cohort(region=regions["KG-B"]), make_person("Айгүл"))
    coordinator, neighbour, stranger = make_staff(), make_staff(), make_staff()
    make_role(coordinator, RoleKind.COORDINATOR, enrolment.cohort.organisation)
    make_role(neighbour, RoleKind.COORDINATOR, enrolment.cohort.organisation, regions["KG-N"])
    make_role(stranger, RoleKind.COORDINATOR, make_organisation())
    path = f"/en/desk/people/{enrolment.pk}/copy/"
    assert path in browser(coordinator).get(f"/en/desk/people/{enrolment.pk}/").text
    data = json.loads(unpacked(browser(coordinator).post(path))["data.json"])
    assert data["account"][0]["display_name"] == "Айгүл"
    entry = AuditEntry.objects.get(verb="export_person")
    assert (entry.actor_id, entry.details) == (coordinator.pk, {"channel": "paper"})
    lead = enrolment.cohort.trainers.get().person
    statuses = [browser(one).post(path).status_code for one in (lead, neighbour, stranger, enrolment.person)]
    assert statuses == [403, 404, 404, 404]
    assert browser(coordinator).get(path).status_code == 405
    assert AuditEntry.objects.filter(verb="export_person").count() == 1


def test_an_administrator_takes_it_for_a_colleague():
    organisation, admin, colleague = make_organisation(), make_staff(), make_staff("gulnara")
    make_role(admin, RoleKind.ADMINISTRATOR, organisation)
    make_role(colleague, RoleKind.OBSERVER, organisation)
    path = f"/en/me/staff/{colleague.pk}/copy/"
    data = json.loads(unpacked(browser(admin).post(path))["data.json"])
    assert data["account"][0]["username"] == "gulnara"
    make_role(colleague, RoleKind.OBSERVER, make_organisation())
    assert browser(admin).post(path).status_code == 403
    assert browser(colleague).post(path).status_code == 404


def test_a_stranger_is_asked_to_sign_in():
    for path in ("/en/me/data/copy/", OWN):
        assert Client().post(path).url.startswith("/en/accounts/login/")


def test_ten_copies_an_hour_are_enough():
    client = browser(make_person())
    statuses = [client.post(OWN).status_code for _time in range(11)]
    assert statuses == [200] * 10 + [429]


def test_while_her_roles_sleep_whoever_printed_her_card_takes_nothing_and_erases_nobody():
    colleague, organisation = make_person("Зарина"), make_organisation()
    role, printer = make_role(colleague, RoleKind.TRAINER, organisation), make_staff()
    pin = renew_pins(people=[colleague], by=printer, at=AT)[colleague.pk]
    put_to_sleep(person=colleague, by=printer, at=AT)
    client = browser(colleague)
    assert "Your roles sleep" in client.post(OWN, follow=True).text
    answer = client.post("/en/me/data/erase/", {"secret": pin, "agreed": "on"})
    assert (answer.status_code, "Your roles sleep" in answer.text) == (422, True)
    colleague.refresh_from_db()
    assert colleague.erased_at is None
    assert not AuditEntry.objects.filter(verb="export_person").exists()
    Role.objects.filter(pk=role.pk).update(asleep_since=None, asleep_by=None)
    renew_pins(people=[colleague], by=colleague, at=AT)
    client = browser(colleague)
    assert client.post(OWN).headers["Content-Type"] == "application/zip"
