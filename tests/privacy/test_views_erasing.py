"""The doors to an erasure: herself, whoever coordinates all her cohorts, an administrator for a colleague."""

import pytest
from django.test import Client

from lms.cohorts.models import Enrolment
from lms.jobs.actions import enqueue_job
from lms.jobs.models import Job
from lms.people.actions import end_role, renew_pins
from lms.people.models import AuditEntry, RoleKind, User
from lms.privacy.tasks import ERASE, erase
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import AT, PASSWORD, browser, make_organisation, make_person, make_role, make_staff

pytestmark = pytest.mark.django_db
OWN = "/en/me/data/erase/"
WISH = {"reason": "own_wish", "channel": "paper", "agreed": "on"}


def is_erased(person: User) -> bool:
    return User.objects.get(pk=person.pk).erased_at is not None


def pin_of(person: User) -> str:
    return renew_pins(people=[person], by=person, at=AT)[person.pk]


@pytest.fixture
def post(django_capture_on_commit_callbacks):
    """A form sent, and the worker's job done."""

    def send(person, path, data):
        client = browser(person)
        answer = client.post(path, data)
        for job in Job.objects.open():
            with django_capture_on_commit_callbacks(execute=True):
                erase(str(job.pk))
        return client, answer

    return send


# ── She herself ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_says_what_goes_and_what_stays():
    page = browser(make_person()).get(OWN).text
    assert "What goes, for good" in page
    assert "What stays, without a name" in page
    assert "The PIN of your card" in page
    assert "Your password" in browser(make_staff()).get(OWN).text


def test_with_her_pin_she_is_erased_and_signed_out(post):
    person = make_person()
    pin = pin_of(person)
    client, answer = post(person, OWN, {"agreed": "on", "secret": f" {pin[:3]} {pin[3:]} "})
    assert (answer.status_code, answer.url) == (302, "/en/me/data/erasing/")
    assert is_erased(person)
    assert "is being erased now, as you asked" in client.get(answer.url).text
    assert client.get("/en/me/").status_code == 302
    entry = AuditEntry.objects.get(verb="erase_person")
    assert entry.details == {"reason": "own_wish", "channel": "screen"}


def test_staff_are_asked_for_their_password(post):
    person = make_staff()
    _client, answer = post(person, OWN, {"agreed": "on", "secret": "another password"})
    assert (answer.status_code, is_erased(person)) == (422, False)
    assert "This is not your password." in answer.text
    post(person, OWN, {"agreed": "on", "secret": PASSWORD})
    assert is_erased(person)


@pytest.mark.parametrize("data", [{"agreed": "on", "secret": "000000x"}, {"agreed": "on"}, {"secret": "PIN"}])
def test_without_tick_or_pin_nothing_happens(post, data):
    person = make_person()
    data = {key: pin_of(person) if value == "PIN" else value for key, value in data.items()}
    _client, answer = post(person, OWN, data)
    assert (answer.status_code, is_erased(person)) == (422, False)


def test_a_mistake_stands_above_what_goes_and_says_that_nothing_was_erased(post):
    person = make_person()
    page = post(person, OWN, {"agreed": "on", "secret": "000000x"})[1].text
    assert page.count('role="alert"') == 1
    assert page.index("<h1") < page.index("Nothing has been erased yet") < page.index("What goes, for good")
    assert "Nothing was saved" not in page


@pytest.mark.usefixtures("clock")
def test_wrong_pins_lock_her_card(post):
    person = make_person()
    pin = pin_of(person)
    wrong = "000000" if pin != "000000" else "111111"
    for _try in range(5):
        post(person, OWN, {"agreed": "on", "secret": wrong})
    _client, answer = post(person, OWN, {"agreed": "on", "secret": pin})
    assert not is_erased(person)
    # The fifth wrong PIN locked the card, and the sixth try of the page was one too many.
    assert answer.status_code == 429


def test_whoever_leads_is_told_what_to_do_first(post):
    cohort = make_cohort()
    lead = cohort.trainers.get().person
    page = browser(lead).get(OWN).text
    assert cohort.code in page
    assert 'name="secret"' not in page
    _client, answer = post(lead, OWN, {"agreed": "on", "secret": PASSWORD})
    assert answer.status_code == 422
    assert cohort.code in answer.text
    assert not is_erased(lead)


def test_a_stranger_is_asked_to_sign_in():
    assert Client().get(OWN).url.startswith("/en/accounts/login/")
    assert Client().get("/en/me/data/erasing/").status_code == 200


# ── For somebody else ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def enrolment(regions) -> Enrolment:
    return make_enrolment(make_cohort(region=regions["KG-B"]), make_person("Айгүл"))


def coordinator_of(enrolment: Enrolment, region=None, kind: str = RoleKind.COORDINATOR) -> User:
    person = make_staff()
    make_role(person, kind, enrolment.cohort.organisation, region)
    return person


def door(enrolment: Enrolment) -> str:
    return f"/en/desk/people/{enrolment.pk}/erase/"


def test_the_coordinator_erases_on_her_wish_and_it_is_written_down(post, enrolment):
    coordinator = coordinator_of(enrolment)
    page = browser(coordinator).get(f"/en/desk/people/{enrolment.pk}/").text
    assert door(enrolment) in page
    assert browser(coordinator).get(door(enrolment)).status_code == 200
    client, answer = post(coordinator, door(enrolment), WISH | {"reason": "died"})
    assert answer.url.startswith("/en/jobs/")
    assert is_erased(enrolment.person)
    entry = AuditEntry.objects.get(verb="erase_person")
    assert (entry.actor_id, entry.details) == (coordinator.pk, {"reason": "died", "channel": "paper"})
    assert client.get(f"/en/desk/people/{enrolment.pk}/").status_code == 404
    assert Job.objects.get(task=ERASE).payload["back"] == f"/en/desk/cohorts/{enrolment.cohort_id}/people/"


@pytest.mark.parametrize("data", [{}, WISH | {"agreed": ""}, WISH | {"channel": "screen"}, WISH | {"reason": "angry"}])
def test_a_wish_that_says_too_little_does_nothing(post, enrolment, data):
    _client, answer = post(coordinator_of(enrolment), door(enrolment), data)
    assert (answer.status_code, is_erased(enrolment.person)) == (422, False)


def test_trainer_colleague_and_stranger_do_not(post, enrolment, regions):
    lead = enrolment.cohort.trainers.get().person
    neighbour = coordinator_of(enrolment, regions["KG-N"])
    stranger = make_staff()
    make_role(stranger, RoleKind.COORDINATOR, make_organisation())
    doors = {lead: 403, neighbour: 404, stranger: 404, make_person(): 404, enrolment.person: 404}
    for person, status in doors.items():
        _client, answer = post(person, door(enrolment), WISH)
        assert (answer.status_code, browser(person).get(door(enrolment)).status_code) == (status, status)
    assert not is_erased(enrolment.person)
    assert door(enrolment) not in browser(lead).get(f"/en/desk/people/{enrolment.pk}/").text


def test_whom_another_organisation_or_region_knows_is_not_one_coordinator_s(post, enrolment, regions):
    here = coordinator_of(enrolment, regions["KG-B"])
    make_enrolment(make_cohort(enrolment.cohort.organisation, regions["KG-N"]), enrolment.person)
    assert post(here, door(enrolment), WISH)[1].status_code == 403
    assert "so you cannot give out a copy" in browser(here).get(f"/en/desk/people/{enrolment.pk}/").text
    country = coordinator_of(enrolment)
    assert browser(country).get(door(enrolment)).status_code == 200
    make_enrolment(make_cohort(make_organisation(), regions["KG-B"]), enrolment.person)
    assert post(country, door(enrolment), WISH)[1].status_code == 403
    assert not is_erased(enrolment.person)


@pytest.mark.parametrize("here", ["enrolled", "withdrawn"])
def test_what_she_did_in_another_organisation_is_not_this_one_s_after_she_left_there(post, regions, here):
    enrolment = make_enrolment(make_cohort(region=regions["KG-B"]), state=here)
    coordinator = coordinator_of(enrolment)
    assert browser(coordinator).get(door(enrolment)).status_code == 200
    make_enrolment(make_cohort(make_organisation(), regions["KG-B"]), enrolment.person, state="withdrawn")
    copy = door(enrolment).replace("/erase/", "/copy/")
    assert post(coordinator, door(enrolment), WISH)[1].status_code == 403
    assert post(coordinator, copy, WISH)[1].status_code == 403
    assert not is_erased(enrolment.person)


def test_a_person_with_a_role_is_the_administrators_(post, enrolment):
    make_role(enrolment.person, RoleKind.OBSERVER, enrolment.cohort.organisation)
    assert post(coordinator_of(enrolment), door(enrolment), WISH)[1].status_code == 403
    admin = coordinator_of(enrolment, kind=RoleKind.ADMINISTRATOR)
    path = f"/en/me/staff/{enrolment.person.pk}/erase/"
    assert path in browser(admin).get(f"/en/me/staff/{enrolment.person.pk}/").text
    assert post(admin, path, WISH)[1].url.startswith("/en/jobs/")
    assert is_erased(enrolment.person)


def test_an_administrator_of_one_house_does_not_erase_another_s(post):
    here, there, colleague, admin = make_organisation(), make_organisation(), make_staff(), make_staff()
    make_role(admin, RoleKind.ADMINISTRATOR, here)
    role = make_role(colleague, RoleKind.OBSERVER, there)
    path = f"/en/me/staff/{colleague.pk}/erase/"
    assert post(admin, path, WISH)[1].status_code == 404
    make_role(colleague, RoleKind.OBSERVER, here)
    end_role(role=role, by=admin, at=AT)
    assert post(admin, path, WISH)[1].status_code == 403
    assert path not in browser(admin).get(f"/en/me/staff/{colleague.pk}/").text
    assert not is_erased(colleague)


def test_nobody_erases_herself_by_the_colleagues_door(post):
    admin, organisation = make_staff(), make_organisation()
    make_role(admin, RoleKind.ADMINISTRATOR, organisation)
    assert post(admin, f"/en/me/staff/{admin.pk}/erase/", WISH)[1].status_code == 403


def test_what_came_into_her_hands_meanwhile_stops_the_worker():
    lead = make_cohort().trainers.get().person
    payload = {"person": str(lead.pk), "reason": "own_wish", "channel": "screen", "back": ""}
    job = enqueue_job(task=ERASE, payload=payload, by=lead, at=AT)
    erase(str(job.pk))
    assert Job.objects.get(pk=job.pk).result == {"refused": "leads_cohorts"}
    assert not is_erased(lead)


def test_what_a_coordinator_asked_for_is_not_done_once_another_organisation_answers_too():
    enrolment = make_enrolment(make_cohort())
    coordinator = make_role(make_staff(), RoleKind.COORDINATOR, enrolment.cohort.organisation).person
    payload = {"person": str(enrolment.person_id), "reason": "own_wish", "channel": "paper", "back": ""}
    waiting = enqueue_job(task=ERASE, payload=payload, by=coordinator, at=AT)
    elsewhere = make_enrolment(make_cohort(make_organisation()), enrolment.person)
    erase(str(waiting.pk))
    assert Job.objects.get(pk=waiting.pk).result == {"refused": "not_hers_any_more"}
    assert not is_erased(enrolment.person)
    elsewhere.delete()
    for _time in range(2):
        job = enqueue_job(task=ERASE, payload=payload, by=coordinator, at=AT)
        erase(str(job.pk))
        assert Job.objects.get(pk=job.pk).result == {}
    assert is_erased(enrolment.person)
