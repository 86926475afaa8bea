"""Through the screens: a copy of everything, an end to it, two rows made one; by herself, and by the coordinator."""

import io
import json
import zipfile

import pytest

from lms.certificates.models import Certificate
from lms.dashboard.starter.people import PASSWORD
from lms.people.actions import renew_pins
from lms.people.models import User
from lms.people.queries import live_cards
from tests.factories.certificates import FULL_NAME, make_certificate, make_coordinator, make_graduate
from tests.factories.merging import make_twice
from tests.factories.people import make_organisation
from tests.journeys.jobs import work_off_jobs
from tests.journeys.people import House, Person

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

LAPTOP = {"width": 1280, "height": 800}


def test_she_takes_a_copy_and_has_herself_erased(house):
    certificate = make_certificate()
    person = certificate.person
    code, pin = live_cards([person])[person.pk].code, renew_pins(people=[person], by=person, at=certificate.issued_at)
    she = house.participant(code, pin[person.pk], "ky")
    she.open("me/")
    she.press("#own-data a[href$='/me/data/copy/']")
    _is_hers(she.download())
    she.open("me/")
    she.press("#own-data a[href$='/me/data/erase/']")
    she.fill(secret="999999" if pin[person.pk] != "999999" else "888888")
    she.page.locator("[name=agreed]").check()
    she.press()
    assert she.page.locator("[name=secret][aria-invalid=true]").count() == 1
    she.fill(secret=pin[person.pk])
    she.page.locator("[name=agreed]").check()
    she.press()
    assert she.page.url.endswith("/ky/me/data/erasing/")
    work_off_jobs()
    assert User.objects.get(pk=person.pk).erased_at
    she.open("/card/")
    she.fill(code=code, pin=pin[person.pk])
    she.press()
    assert she.page.url.endswith("/card/")
    _verifies_without_a_name(house, certificate)


def _is_hers(content: bytes) -> None:
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    assert json.loads(archive.read("data.json"))["full_name"][0]["name"] == FULL_NAME
    assert archive.read("certificate-1.pdf").startswith(b"%PDF")


def _verifies_without_a_name(house: House, certificate: Certificate) -> None:
    stranger = house.enter("en")
    stranger.open(f"/v/{certificate.public_id}?lang=en")
    assert "Genuine, without a name" in stranger.text
    assert FULL_NAME.split()[0] not in stranger.text


def test_the_coordinator_does_both_for_whoever_asked_on_paper(house):
    enrolment = make_graduate()
    certificate = make_certificate(enrolment)
    coordinator = _coordinator(house, enrolment.cohort)
    coordinator.open(f"desk/people/{enrolment.pk}/")
    _is_hers(coordinator.download("main form[action$='/copy/'] button"))
    coordinator.press("main a[href$='/erase/']")
    coordinator.press()
    assert coordinator.page.locator("main [aria-invalid=true]").count() > 0
    coordinator.tick("reason", "own_wish")
    coordinator.tick("channel", "paper")
    coordinator.page.locator("[name=agreed]").check()
    coordinator.press()
    work_off_jobs()
    coordinator.open(f"desk/cohorts/{enrolment.cohort_id}/people/")
    assert coordinator.page.locator(f"main a[href*='/{enrolment.pk}/']").count() == 0
    _verifies_without_a_name(house, certificate)


def test_the_coordinator_makes_one_person_of_two_rows(house, regions):
    twice = make_twice(make_organisation("alga"), regions["KG-B"])
    both = [twice.kept, twice.merged]
    pins = renew_pins(people=both, by=twice.coordinator, at=twice.stays.enrolled_at)
    codes = {pk: card.code for pk, card in live_cards(both).items()}
    coordinator = _with_password(house, twice.coordinator)
    coordinator.open(f"desk/people/{twice.stays.pk}/")
    coordinator.press(f"main a[href$='/people/{twice.stays.pk}/twice/']")
    coordinator.fill(code=codes[twice.merged.pk])
    coordinator.press()
    coordinator.press("main form[action$='/'] button.danger")
    assert coordinator.page.locator("main [aria-invalid=true]").count() > 0
    coordinator.tick("stays", str(twice.kept.pk))
    coordinator.press("main form[action$='/'] button.danger")
    assert coordinator.page.url.endswith(f"/desk/people/{twice.stays.pk}/")
    she = house.enter("en")
    she.open("/card/?lang=en")
    she.fill(code=codes[twice.merged.pk], pin=pins[twice.merged.pk])
    she.press()
    assert "other card" in she.text
    house.participant(codes[twice.kept.pk], pins[twice.kept.pk], "en").open("desk/")


def _coordinator(house: House, cohort) -> Person:
    return _with_password(house, make_coordinator(cohort))


def _with_password(house: House, user: User) -> Person:
    user.set_password(PASSWORD)
    user.save()
    return house.staff(user.username, "en", viewport=LAPTOP)
