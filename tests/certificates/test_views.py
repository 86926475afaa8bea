"""The desk and the holder's pages: gates with three people each, and what the forms answer."""

from datetime import timedelta
from uuid import uuid4

import pytest
from celery import current_app
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lms.certificates.models import Certificate
from lms.jobs.models import Job
from lms.people.models import AuditEntry, RoleKind, User
from tests.factories import certificates as make
from tests.factories.assessments import pass_teach_backs
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import make_organisation, make_role, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(client):
    client.cookies["lang"] = "en"


def sign_in(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def work_off() -> None:
    """What the worker would do with the jobs that wait."""
    for job in Job.objects.filter(state="queued"):
        current_app.tasks[job.task](str(job.pk))


def trainer_of(cohort) -> User:
    return cohort.trainers.get(part="lead").person


# ── Who may open what ────────────────────────────────────────────────────────────────────────────────────────────
def test_list_is_for_those_who_run_the_cohort(client):
    certificate = make.make_certificate()
    cohort = certificate.cohort
    address = reverse("certificates:cohort", args=[cohort.pk])
    people = {
        make.make_coordinator(cohort): 200,
        trainer_of(cohort): 200,
        certificate.person: 404,
        trainer_of(make_cohort()): 404,
        make.make_coordinator(make_cohort()): 404,
    }
    assert {person: sign_in(client, person).get(address).status_code for person in people} == people
    client.logout()
    assert client.get(address).status_code == 302


def test_trainer_sees_the_list_and_issues_nothing(client):
    graduate = make.make_graduate()
    address = reverse("certificates:cohort", args=[graduate.cohort_id])
    sign_in(client, trainer_of(graduate.cohort))
    html = client.get(address).content.decode()
    assert "Issue the chosen" not in html
    assert client.post(address, {"enrolments": [graduate.pk]}).status_code == 403
    assert Certificate.objects.count() == 0


def test_nobody_is_shown_a_link_to_a_paper_that_is_not_hers_to_read(client):
    certificate = make.make_certificate()
    cohort, paper = certificate.cohort, reverse("certificates:pdf", args=[certificate.pk])
    for person, expected in ((make.make_coordinator(cohort), True), (trainer_of(cohort), False)):
        text = sign_in(client, person).get(reverse("certificates:cohort", args=[cohort.pk])).text
        assert (paper.split("/", 2)[2] in text, certificate.public_id in text) == (expected, True)


def test_paper_is_for_holder_and_coordinator(client):
    certificate = make.make_certificate()
    address = reverse("certificates:pdf", args=[certificate.pk])
    colleague = make.make_certificate(make.make_graduate(certificate.cohort)).person
    people = {
        certificate.person: 200,
        make.make_coordinator(certificate.cohort): 200,
        colleague: 404,
        trainer_of(certificate.cohort): 404,
        make.make_coordinator(make_cohort()): 404,
    }
    assert {person: sign_in(client, person).get(address).status_code for person in people} == people
    client.logout()
    assert client.get(address).status_code == 302


def test_paper_is_a_download_with_a_name_that_every_browser_keeps(client):
    certificate = make.make_certificate()
    answer = sign_in(client, certificate.person).get(reverse("certificates:pdf", args=[certificate.pk]))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="certificate-M1.pdf"')
    assert answer.content.startswith(b"%PDF-1.7")


@pytest.mark.parametrize("name", ["certificates:revoke", "certificates:name_form"])
def test_state_and_name_are_not_for_everybody(client, name):
    certificate = make.make_certificate()
    address = reverse(name, args=[certificate.pk])
    holder, coordinator = certificate.person, make.make_coordinator(certificate.cohort)
    strangers = [trainer_of(certificate.cohort), make.make_coordinator(make_cohort())]
    refused = [*strangers, holder if name == "certificates:revoke" else coordinator]
    data = {"form": "none", "state": "revoked", "wording": "nothing", "internal_reason": "x"}
    assert {sign_in(client, person).post(address, data).status_code for person in refused} == {404}
    certificate.refresh_from_db()
    assert (certificate.state, certificate.holder.name_form) == ("valid", "masked")


@pytest.mark.parametrize("name", ["certificates:candidate", "certificates:trainer"])
def test_teaching_level_is_the_coordinators(client, name):
    graduate = make.make_graduate()
    address = reverse(name, args=[graduate.pk, "M1"])
    refused = [graduate.person, trainer_of(graduate.cohort), make.make_coordinator(make_cohort())]
    assert {sign_in(client, person).post(address).status_code for person in refused} == {404}


def test_addresses_that_lead_nowhere_are_not_found(client):
    graduate = make.make_graduate()
    sign_in(client, make.make_coordinator(graduate.cohort))
    addresses = [
        reverse("certificates:cohort", args=[uuid4()]),
        reverse("certificates:pdf", args=[uuid4()]),
        reverse("certificates:revoke", args=[uuid4()]),
        reverse("certificates:candidate", args=[graduate.pk, "M9"]),
    ]
    assert [client.get(address).status_code for address in addresses] == [404] * 4


# ── The list ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_list_says_who_lacks_what_and_shows_no_legal_name(client):
    graduate = make.make_graduate()
    make_enrolment(graduate.cohort)
    sign_in(client, make.make_coordinator(graduate.cohort))
    html = client.get(reverse("certificates:cohort", args=[graduate.cohort_id])).content.decode()
    assert "1 person can get a certificate now." in html
    assert "M1: attended 0 % of the sessions; 80 % are needed." in html
    assert "Токтосунова" not in html


def test_list_takes_as_many_queries_for_many_as_for_one(client):
    cohort = make_cohort()
    sign_in(client, make.make_coordinator(cohort))
    address = reverse("certificates:cohort", args=[cohort.pk])
    make.make_certificate(make.make_graduate(cohort))
    make.make_candidate(make.make_graduate(cohort))
    client.get(address)
    one = queries_of(client, address)
    for _number in range(2):
        make.make_certificate(make.make_graduate(cohort))
        make.make_candidate(make.make_graduate(cohort))
    assert queries_of(client, address) == one


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_chosen_certificates_are_issued_by_a_job_that_is_asked_for_once(client):
    cohort = make_cohort()
    graduates = [make.make_graduate(cohort) for _number in range(2)]
    sign_in(client, make.make_coordinator(cohort))
    address = reverse("certificates:cohort", args=[cohort.pk])
    first = client.post(address, {"enrolments": [graduates[0].pk]})
    again = client.post(address, {"enrolments": [graduates[0].pk]})
    job = Job.objects.get()
    assert first.headers["Location"] == again.headers["Location"] == reverse("jobs:progress", args=[job.pk])
    assert (job.task, job.total, job.payload["enrolments"]) == (
        "certificates.issue_batch",
        1,
        [str(graduates[0].pk)],
    )


def test_batch_runs_to_its_end(client):
    graduate = make.make_graduate()
    sign_in(client, make.make_coordinator(graduate.cohort))
    address = reverse("certificates:cohort", args=[graduate.cohort_id])
    client.post(address, {"enrolments": [graduate.pk]})
    work_off()
    assert Certificate.objects.get().person == graduate.person
    assert "Issued" in client.get(address).content.decode()


def test_after_issuing_the_page_says_how_many(client):
    cohort = make_cohort()
    graduates = [make.make_graduate(cohort) for _number in range(2)]
    client, address = sign_in(client, make.make_coordinator(cohort)), reverse("certificates:cohort", args=[cohort.pk])
    assert "certificates were issued" not in client.get(address).text
    client.post(address, {"enrolments": [graduate.pk for graduate in graduates]})
    work_off()
    assert "2 certificates were issued." in client.get(address).text
    colleague = make.make_coordinator(cohort)
    assert "certificates were issued" not in sign_in(client, colleague).get(address).text
    Job.objects.update(ended_at=timezone.now() - timedelta(hours=1))
    assert "certificates were issued" not in sign_in(client, Job.objects.get().created_by).get(address).text


def test_names_on_the_papers_are_opened_by_a_button_that_is_logged(client):
    cohort = make_cohort()
    first, second = (make.make_graduate(cohort) for _number in range(2))
    address = reverse("certificates:cohort", args=[cohort.pk])
    asked = {"show_names": "on", "enrolments": [second.pk]}
    assert sign_in(client, trainer_of(cohort)).post(address, asked).status_code == 403
    assert sign_in(client, make.make_coordinator(make_cohort())).post(address, asked).status_code == 404
    coordinator = make.make_coordinator(cohort)
    html = sign_in(client, coordinator).get(address).text
    assert ("Токтосунова" in html, "on the paper: " in html) == (False, False)
    opened = AuditEntry.objects.filter(verb="reveal_legal_name")
    assert opened.count() == 0
    html = client.post(address, asked).text
    assert html.count("Токтосунова") == 2
    assert [f'value="{one.pk}" checked' in html for one in (first, second)] == [False, True]
    assert {(entry.actor_id, entry.details["why"]) for entry in opened} == {(coordinator.pk, "issuing")}
    assert {entry.subject_id for entry in opened} == {str(first.person_id), str(second.person_id)}
    assert "Токтосунова" not in client.get(address).text
    assert Job.objects.count() == 0


def test_a_name_given_for_another_organisation_is_not_opened(client):
    graduate = make.make_graduate()
    make_enrolment(make_cohort(make_organisation()), graduate.person)
    address = reverse("certificates:cohort", args=[graduate.cohort_id])
    html = sign_in(client, make.make_coordinator(graduate.cohort)).post(address, {"show_names": "on"}).text
    assert "Токтосунова" not in html
    assert not AuditEntry.objects.filter(verb="reveal_legal_name").exists()


@pytest.mark.parametrize("chosen", [[], ["x"], [str(uuid4())]])
def test_choice_of_nobody_or_of_strangers_is_told(client, chosen):
    graduate = make.make_graduate()
    sign_in(client, make.make_coordinator(graduate.cohort))
    answer = client.post(reverse("certificates:cohort", args=[graduate.cohort_id]), {"enrolments": chosen})
    assert answer.status_code == 422
    assert Job.objects.count() == 0


def test_whoever_chose_nobody_finds_nobody_ticked_again(client):
    graduate = make.make_graduate()
    sign_in(client, make.make_coordinator(graduate.cohort))
    address, ticked = reverse("certificates:cohort", args=[graduate.cohort_id]), f'value="{graduate.pk}" checked'
    assert ticked in client.get(address).text
    answer = client.post(address, {"enrolments": []})
    assert str(graduate.pk) in answer.text
    assert ticked not in answer.text


def test_who_lacks_something_cannot_be_chosen(client):
    enrolment = make_enrolment(make_cohort())
    sign_in(client, make.make_coordinator(enrolment.cohort))
    answer = client.post(reverse("certificates:cohort", args=[enrolment.cohort_id]), {"enrolments": [enrolment.pk]})
    assert answer.status_code == 422


# ── The teaching level ───────────────────────────────────────────────────────────────────────────────────────────
def ready_for_candidate():
    graduate = make.make_graduate()
    make.make_certificate(graduate)
    pass_teach_backs(graduate.person, graduate.cohort)
    coach = make_staff(display_name="Coach Bermet")
    make_role(coach, RoleKind.COACH, graduate.cohort.organisation)
    return graduate, coach


def test_coordinator_makes_a_candidate(client):
    graduate, coach = ready_for_candidate()
    sign_in(client, make.make_coordinator(graduate.cohort))
    address = reverse("certificates:candidate", args=[graduate.pk, "M1"])
    assert "Coach Bermet" in client.get(address).content.decode()
    answer = client.post(address, {"coach": coach.pk, "languages": ["ky"], "region": ""})
    assert answer.headers["Location"] == reverse("certificates:cohort", args=[graduate.cohort_id])
    standing = graduate.person.standings.get()
    assert (standing.level, standing.languages, standing.coachings.get().coach) == ("candidate", ["ky"], coach)


def test_candidate_form_keeps_what_was_typed(client):
    graduate, coach = ready_for_candidate()
    sign_in(client, make.make_coordinator(graduate.cohort))
    answer = client.post(reverse("certificates:candidate", args=[graduate.pk, "M1"]), {"coach": coach.pk})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert f'<option value="{coach.pk}" selected>' in html
    assert 'aria-invalid="true"' in html
    assert not graduate.person.standings.exists()


def test_candidate_page_says_what_is_missing(client):
    graduate = make.make_graduate()
    sign_in(client, make.make_coordinator(graduate.cohort))
    html = client.get(reverse("certificates:candidate", args=[graduate.pk, "M1"])).content.decode()
    assert "0 of 2 teach-backs passed by two observers." in html
    assert '<form method="post" novalidate' not in html


def test_trainers_certificate_is_issued_by_a_job(client):
    graduate = make.make_graduate()
    make.make_candidate(graduate)
    make.prove_teaching(graduate.person, graduate.cohort)
    sign_in(client, make.make_coordinator(graduate.cohort))
    client.post(reverse("certificates:trainer", args=[graduate.pk, "M1"]))
    work_off()
    assert Certificate.objects.get(kind="trainer").person == graduate.person


def test_trainers_certificate_that_is_not_due_is_refused(client):
    graduate = make.make_graduate()
    sign_in(client, make.make_coordinator(graduate.cohort))
    answer = client.post(reverse("certificates:trainer", args=[graduate.pk, "M1"]), follow=True)
    assert "Something is still missing" in answer.content.decode()
    assert Job.objects.count() == 0


# ── The holder ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_holder_sees_her_certificates_and_no_other(client):
    certificate = make.make_certificate()
    other = make.make_certificate(make.make_graduate(certificate.cohort))
    html = sign_in(client, certificate.person).get(reverse("certificates:mine")).content.decode()
    assert reverse("certificates:pdf", args=[certificate.pk]) in html
    assert str(other.pk) not in html


def test_holder_without_a_certificate_learns_how_to_get_one(client):
    html = sign_in(client, make_enrolment(make_cohort()).person).get(reverse("certificates:mine")).content.decode()
    assert "No certificate yet" in html


def test_holder_chooses_what_strangers_see(client):
    certificate = make.make_certificate()
    sign_in(client, certificate.person)
    address = reverse("certificates:name_form", args=[certificate.pk])
    page = client.post(address, {"form": "none"}, follow=True).text
    assert "Your choice is saved" in page
    assert f'<a href="{reverse("certificates:mine")}">Back</a>' in page
    work_off()
    certificate.holder.refresh_from_db()
    assert certificate.holder.name_form == "none"


def test_form_of_the_name_that_does_not_exist_is_refused(client):
    certificate = make.make_certificate()
    sign_in(client, certificate.person)
    client.post(reverse("certificates:name_form", args=[certificate.pk]), {"form": "loud"})
    assert Job.objects.count() == 0


@pytest.mark.parametrize("name", ["certificates:trainer", "certificates:name_form"])
def test_writing_needs_a_post(client, name):
    certificate = make.make_certificate()
    sign_in(client, make.make_coordinator(certificate.cohort))
    args = [certificate.pk] if name.endswith("form") else [certificate.person.enrolments.get().pk, "M1"]
    assert client.get(reverse(name, args=args)).status_code == 405


# ── Papers ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_names_and_consents_come_from_paper(client):
    cohort = make_cohort()
    both, nothing, complete = make_enrolment(cohort), make_enrolment(cohort), make.make_graduate(cohort)
    sign_in(client, make.make_coordinator(cohort))
    address = reverse("certificates:paperwork", args=[cohort.pk])
    html = client.get(address).content.decode()
    assert [one.person.display_name in html for one in (both, nothing, complete)] == [True, True, False]
    client.post(address, {f"name-{both.pk}": "Бермет Асанова", f"consent-{both.pk}": "on"})
    consent = both.person.consents.get()
    assert (both.person.legal_name is not None, consent.given, consent.channel) == (True, True, "paper")
    assert not nothing.person.consents.exists()


def test_name_from_paper_that_is_too_long_is_told_and_kept(client):
    enrolment = make_enrolment(make_cohort())
    sign_in(client, make.make_coordinator(enrolment.cohort))
    answer = client.post(
        reverse("certificates:paperwork", args=[enrolment.cohort_id]), {f"name-{enrolment.pk}": "Б" * 121}
    )
    assert answer.status_code == 422
    assert "Б" * 121 in answer.content.decode()
    # “Saved” is not said of nothing.
    empty = client.post(answer.request["PATH_INFO"], {f"name-{enrolment.pk}": " "})
    assert (empty.status_code, "nothing is filled in" in empty.text) == (422, True)
    assert not enrolment.person.consents.exists()


def test_papers_are_the_coordinators(client):
    enrolment = make_enrolment(make_cohort())
    address = reverse("certificates:paperwork", args=[enrolment.cohort_id])
    refused = [enrolment.person, trainer_of(enrolment.cohort), make.make_coordinator(make_cohort())]
    assert {sign_in(client, person).get(address).status_code for person in refused} == {404}
