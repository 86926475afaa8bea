"""Where an erased person still stands as a number: every page opens, and nothing can be given to her again."""

import pytest
from django.test import Client

from lms.cohorts.actions import enrol_again, enrol_person
from lms.cohorts.models import Cohort, CohortState, Enrolment
from lms.people.actions import (
    PersonErased,
    PersonMerged,
    grant_role,
    keep_contact,
    replace_card,
    set_legal_name,
)
from lms.people.models import Card, Contact, ContactKind, LegalName, Role, RoleKind, User
from lms.privacy.actions import Wish, erase_person
from tests.factories.certificates import make_certificate, make_coordinator, make_graduate
from tests.factories.people import AT, make_organisation, make_person, make_role, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[CohortState.CLOSED, CohortState.RUNNING])
def enrolment(request) -> Enrolment:
    """Of somebody who was erased after her cohort had ended, and of somebody whose cohort goes on without her."""
    graduate = make_graduate()
    make_certificate(graduate)
    Cohort.objects.filter(pk=graduate.cohort_id).update(state=request.param, closed_at=AT)
    erase_person(person=graduate.person, by=graduate.person, at=AT, wish=Wish())
    return Enrolment.objects.select_related("cohort", "person").get(pk=graduate.pk)


def browser(enrolment: Enrolment) -> Client:
    client = Client()
    client.force_login(make_coordinator(enrolment.cohort))
    return client


def test_each_page_of_her_cohort_opens(enrolment):
    client, here = browser(enrolment), f"/en/desk/cohorts/{enrolment.cohort_id}/"
    seen, waiting = set(), [here, f"{here}people/?state=withdrawn"]
    while waiting:
        path = waiting.pop()
        seen.add(path)
        answer = client.get(path)
        assert (path, answer.status_code) == (path, 200)
        assert not [one for one in links(answer) if f"/people/{enrolment.pk}" in one]
        waiting += [one for one in links(answer) if one.startswith(here) and one not in seen | set(waiting)]
    assert len(seen) > 8


def links(answer) -> list[str]:
    if not answer.headers["Content-Type"].startswith("text/html"):
        return []
    return [part.split('"')[0].split("#")[0] for part in answer.text.split('href="')[1:]]


def test_she_has_no_page_and_its_doors_are_shut(enrolment):
    client = browser(enrolment)
    assert client.get(f"/en/desk/people/{enrolment.pk}/").status_code == 404
    assert enrolment.withdrawn_reason in ("", "other")
    for door in ("replace-card", "unlock-card", "legal-name", "legal-name/open"):
        answer = client.post(f"/en/desk/people/{enrolment.pk}/{door}/", {"legal_name": "Айгүл Т."})
        assert (door, answer.status_code) == (door, 404)
    for door in ("copy", "erase"):
        assert client.post(f"/en/desk/people/{enrolment.pk}/{door}/").status_code == 403
    sheet = client.post(f"/en/desk/cohorts/{enrolment.cohort_id}/cards/", {"enrolment": str(enrolment.pk)})
    assert sheet.status_code == 422
    assert not Card.objects.filter(person=enrolment.person).exists()
    assert not LegalName.objects.filter(person=enrolment.person).exists()


def test_whoever_comes_again_comes_as_somebody_new(enrolment):
    Cohort.objects.filter(pk=enrolment.cohort_id).update(state=CohortState.RUNNING)
    Enrolment.objects.filter(pk=enrolment.pk).update(state="withdrawn")
    with pytest.raises(PersonErased):
        enrol_again(enrolment=enrolment, by=make_staff(), at=AT)


@pytest.mark.parametrize("gone", [PersonErased, PersonMerged])
def test_nothing_is_written_about_a_row_that_is_nobodys(gone):
    """Whoever asks read the row before: its fields say nothing yet of what happened meanwhile."""
    cohort, by, organisation = make_graduate().cohort, make_staff(), make_organisation()
    person = make_person()
    make_role(person, RoleKind.OBSERVER, organisation)
    roles = Role.objects.filter(person=person).count()
    if gone is PersonErased:
        erase_person(person=User.objects.get(pk=person.pk), by=by, at=AT, wish=Wish())
    else:
        User.objects.filter(pk=person.pk).update(merged_into=make_person())
        Card.objects.filter(person=person).delete()
    asked = {"person": person, "by": by, "at": AT}
    for act in (
        lambda: enrol_person(cohort=cohort, **asked),
        lambda: replace_card(**asked),
        lambda: set_legal_name(name="Өмүрова Айгүл", **asked),
        lambda: keep_contact(kind=ContactKind.PHONE, address="+996700123456", **asked),
        lambda: grant_role(kind=RoleKind.TRAINER, organisation=organisation, **{**asked, "by": None}),
    ):
        with pytest.raises(gone):
            act()
    for table in (Card, LegalName, Contact, Enrolment):
        assert not table.objects.filter(person=person).exists()
    assert Role.objects.filter(person=person).count() == roles
