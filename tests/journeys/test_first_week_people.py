"""The first week of people, through the screens: from an empty installation to a participant who is found."""

from datetime import timedelta

import pytest
from django.utils import timezone

from lms.cohorts.models import Cohort, Enrolment
from lms.dashboard.starter.people import PASSWORD
from lms.notices.queries import rule_of
from lms.people.models import AuditEntry, Feedback, Organisation, User
from lms.people.queries import address_of, own_legal_name
from lms.people.views.help_pages import PAGES
from lms.regions.models import Region
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import make_person
from tests.journeys.jobs import work_off_jobs
from tests.journeys.loading import load
from tests.journeys.mails import link_in, mailers, wait_for_mail
from tests.journeys.people import House, Person

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

LAPTOP = {"width": 1280, "height": 800}
ORGANISATION = {"name_ky": "Биримдик уюму", "name_ru": "Организация «Бирлик»", "name_en": "Birimdik"}
ADMINISTRATOR, COORDINATOR, COLLEAGUE = "first-admin", "first-coordinator", "first-trainer"
SECOND = "second-admin"
PLACE = "Борбордук китепкана"
NEW_PASSWORD = "another-long-enough-password"


@pytest.fixture
def house(house, settings) -> House:
    """Regions, the modules, and whoever runs the installation: nobody else is there yet."""
    settings.MAILERS = mailers()
    load("load_regions", "load_starter")
    User.objects.create_superuser("root", PASSWORD)
    return house


def test_the_first_week_of_people(house):
    found_organisation(house)
    administrator = come_in(house, ADMINISTRATOR, "ky")
    try_out_mail(administrator)
    invite(administrator, COORDINATOR, "coordinator", "en")
    invite(administrator, COLLEAGUE, "trainer", "ru")
    coordinator = come_in(house, COORDINATOR, "en", viewport=LAPTOP)
    confirm_the_coordinator(house)
    colleague = come_in(house, COLLEAGUE, "ru")
    change_language_and_contact(coordinator)
    coordinator = forget_the_password(house)
    enrolment = _enrol(Organisation.objects.get())
    find(coordinator, enrolment)
    correct_the_name(coordinator, enrolment)
    end_the_account(administrator, colleague)
    announce(house, coordinator, enrolment.cohort)
    tell_us(house, administrator)
    read_the_help(house)


# ── 1. An organisation and its people ────────────────────────────────────────────────────────────────────────────────


def found_organisation(house: House) -> None:
    """Whoever runs the installation makes the first organisation, and sees nothing inside it."""
    root = house.staff("root", "en", viewport=LAPTOP)
    root.open("desk/")
    root.press("main a[href$='/me/organisations/']")
    root.press("main .page-action a")
    root.fill(code="birimdik", display_name="Администратор", username=ADMINISTRATOR, email=_mail(ADMINISTRATOR))
    root.press()
    assert root.page.locator("[name=name_ky][aria-invalid=true]").count() == 1
    assert root.page.locator("[name=username]").input_value() == ADMINISTRATOR
    root.fill(**ORGANISATION)
    root.press()
    assert root.page.locator("main .card h2").inner_text() == "Birimdik"
    root.open("me/staff/", status=404)


def come_in(house: House, username: str, language: str, **more: object) -> Person:
    """By the link in the mail, which works once; the first page after signing in is the desk."""
    address = _link(username)
    person = house.enter(language, **more)
    _set_password(person, address, PASSWORD)
    person.visit(address)
    assert person.page.locator("[name=password1]").count() == 0
    return _sign_in(person, username, PASSWORD)


def invite(administrator: Person, username: str, role: str, language: str) -> None:
    administrator.open("me/staff/")
    administrator.press("main .page-action a")
    administrator.fill(display_name=username.title(), username=username, email=_mail(username))
    administrator.tick("language", language)
    administrator.tick("kind", role)
    administrator.press()
    assert User.objects.get(username=username).roles.get().kind == role


def confirm_the_coordinator(house: House) -> None:
    """Nobody gives the right to issue alone: the installation sends a second administrator, who signs too."""
    root = house.staff("root", "en")
    root.open("me/organisations/")
    root.press("main a[href$='/administrators/new/']")
    root.fill(display_name="Second", username=SECOND, email=_mail(SECOND))
    root.tick("language", "ru")
    root.press()
    second = come_in(house, SECOND, "ru")
    second.press("main .notice a[href*='/staff/signatures/']")
    second.fill(secret=PASSWORD)
    second.press("main .form-actions button")
    assert User.objects.get(username=COORDINATOR).roles.get().unconfirmed_since is None


def try_out_mail(administrator: Person) -> None:
    administrator.open("me/staff/")
    administrator.press("main a[href$='/test-mail/']")
    administrator.fill(address="try@example.org")
    administrator.press()
    assert wait_for_mail("try@example.org")
    # Where it says what to do if it does not come.
    assert administrator.page.url.endswith("/me/staff/test-mail/")


def _mail(username: str) -> str:
    return f"{username}@example.org"


def _link(username: str, *, known: int = 0) -> str:
    work_off_jobs()
    return link_in(wait_for_mail(_mail(username), known=known))


def _set_password(person: Person, address: str, password: str) -> None:
    person.visit(address)
    person.fill(password1=password, password2=password)
    person.press()


def _sign_in(person: Person, username: str, password: str) -> Person:
    person.open("accounts/login/")
    person.fill(login=username, password=password)
    person.press()
    assert person.page.url.endswith("/desk/")
    return person


# ── 2. One's own data ────────────────────────────────────────────────────────────────────────────────────────────────


def change_language_and_contact(coordinator: Person) -> None:
    """From English to Russian; how much of her name strangers see; and by which way she is told."""
    coordinator.open("me/")
    _unfold(coordinator, "form[action$='/me/language/']")
    coordinator.tick("language", "ru")
    coordinator.press("form[action$='/me/language/'] button")
    assert coordinator.page.locator("html").get_attribute("lang") == "ru"
    coordinator.language = "ru"
    _unfold(coordinator, "form[action$='/me/name-form/']")
    coordinator.tick("name_form", "none")
    coordinator.press("form[action$='/me/name-form/'] button")
    coordinator.press("main a[href$='/me/messages/']")
    _unfold(coordinator, "form[action$='/me/messages/#rule']")
    coordinator.tick("channel", "phone")
    coordinator.fill(address="0555 12 34 56")
    coordinator.press()
    person = User.objects.get(username=COORDINATOR)
    assert (person.language, person.name_form) == ("ru", "none")
    assert (rule_of(person).channel, address_of(person, "phone")) == ("phone", "+996555123456")
    assert "0555" not in coordinator.text


def forget_the_password(house: House) -> Person:
    """By e-mail, in the language that she chose; the old one opens nothing any more."""
    person = house.enter("ru", viewport=LAPTOP)
    person.open("accounts/login/")
    person.press("main a[href$='/password/reset/']")
    person.fill(email=_mail(COORDINATOR))
    person.press()
    address = _link(COORDINATOR, known=1)
    assert "/ru/" in address
    _set_password(person, address, NEW_PASSWORD)
    person.open("accounts/login/")
    person.fill(login=COORDINATOR, password=PASSWORD)
    person.press()
    assert person.page.locator("main [role=alert]").count() == 1
    return _sign_in(person, _mail(COORDINATOR), NEW_PASSWORD)


def _unfold(person: Person, form: str) -> None:
    person.page.locator("details", has=person.page.locator(form)).locator("summary").click()


# ── 3. A participant ─────────────────────────────────────────────────────────────────────────────────────────────────


def _enrol(organisation: Organisation) -> Enrolment:
    """A cohort of the new organisation with one person."""
    region, day = Region.objects.get(iso="KG-N"), timezone.localdate() + timedelta(days=20)
    cohort = make_cohort(organisation, region, starts_on=day)
    Cohort.objects.filter(pk=cohort.pk).update(place=PLACE)
    return make_enrolment(cohort, make_person("Айпери Садырова"))


def find(coordinator: Person, enrolment: Enrolment) -> None:
    """From the desk by the beginning of the name; the address stays the same whatever is sought."""
    coordinator.open("desk/")
    coordinator.press("main a[href$='/desk/people/']")
    for sought, found in (("Гүлнара", 0), ("айп", 1)):
        coordinator.fill(sought=sought)
        coordinator.press()
        assert coordinator.page.locator("main .rows bdi").count() == found
        assert coordinator.page.url.endswith("/ru/desk/people/")
    coordinator.press("main .rows a")
    assert coordinator.page.url.endswith(f"/desk/people/{enrolment.pk}/")


def correct_the_name(coordinator: Person, enrolment: Enrolment) -> None:
    """The name for the certificate is written, looked at, and corrected before anything bears it."""
    for number, name in enumerate(("Садырова Айпери", "Садырова Айпери Бакытовна")):
        coordinator.open(f"desk/people/{enrolment.pk}/")
        _unfold(coordinator, "form[action$='/legal-name/']")
        coordinator.fill(legal_name=name)
        coordinator.press("form[action$='/legal-name/'] button")
        coordinator.press("form[action$='/legal-name/open/'] button")
        assert coordinator.page.locator("output").inner_text() == name
        assert AuditEntry.objects.filter(verb="reveal_legal_name").count() == number + 1
    assert own_legal_name(enrolment.person) == "Садырова Айпери Бакытовна"


# ── 4. Who leaves ────────────────────────────────────────────────────────────────────────────────────────────────────


def end_the_account(administrator: Person, colleague: Person) -> None:
    """She is out at once, on the page that she has open, and cannot come back."""
    colleague.open("me/")
    person = User.objects.get(username=COLLEAGUE)
    administrator.open(f"me/staff/{person.pk}/")
    administrator.press(f"main a[href$='/{person.pk}/leave/']")
    administrator.press()
    colleague.page.reload()
    assert "/accounts/login/" in colleague.page.url
    colleague.fill(login=COLLEAGUE, password=PASSWORD)
    colleague.press()
    assert "/desk/" not in colleague.page.url


# ── 5. What everybody reads ──────────────────────────────────────────────────────────────────────────────────────────


def announce(house: House, coordinator: Person, cohort: Cohort) -> None:
    """The first page shows the cohort once it is ticked, and not where it meets."""
    visitor = house.enter("ky")
    visitor.open("")
    assert visitor.page.locator("section[aria-labelledby=trainings] li").count() == 0
    coordinator.open(f"desk/cohorts/{cohort.pk}/edit/")
    coordinator.page.locator("[name=listed_publicly]").check()
    coordinator.press("main form.form button")
    visitor.open("")
    announced = visitor.page.locator("section[aria-labelledby=trainings] li").inner_text()
    assert ORGANISATION["name_ky"] in announced
    assert PLACE not in visitor.text
    assert cohort.code not in visitor.text


def tell_us(house: House, administrator: Person) -> None:
    """A visitor writes from the foot of a page, without an account; the administrator reads and settles it."""
    visitor = house.enter("ky", scripts=False)
    visitor.open("privacy/")
    visitor.press("footer a[href*='/tell-us/']")
    visitor.fill(text="Баракча ачылбай жатат.")
    visitor.press()
    assert visitor.page.url.endswith("/tell-us/thanks/")
    administrator.open("me/staff/")
    administrator.press("main a[href$='/me/feedback/']")
    assert "Баракча ачылбай жатат." in administrator.text
    administrator.press("form[action$='/settle/'] button")
    feedback = Feedback.objects.get()
    assert (feedback.page, feedback.settled_by.username) == ("ky/privacy/", ADMINISTRATOR)


def read_the_help(house: House) -> None:
    """Every role's page and the privacy notice, each in one of the languages."""
    readers = [house.enter(language) for language in ("ky", "ru", "en")]
    for number, role in enumerate(PAGES):
        reader = readers[number % 3]
        reader.open(f"help/{role}/")
        assert reader.page.locator("main h2").count() >= 2
    for reader in readers:
        reader.open("privacy/")
        assert reader.page.locator("html").get_attribute("lang") == reader.language
