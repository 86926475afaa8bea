"""What participants do, with the keyboard alone; and the same pages without a script."""

from datetime import timedelta

import pytest
from django.utils import timezone

from lms.assessments.actions import ensure_paper, open_paper
from lms.assessments.models import Attempt, AttemptState, Paper
from lms.cohorts.models import Cohort, Enrolment, Progress, Session
from lms.notices.queries import rule_of
from lms.people.actions import renew_pins
from lms.people.models import Card, Consent, Feedback
from lms.people.queries import own_legal_name
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import make_person
from tests.journeys.people import Person

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

# More stops than any page of a participant has before its main action.
STOPS = 60
# What has the focus: whether an outline is drawn around it, or around what stands for it, and whether it is in sight.
FOCUSED = """() => {
  const here = document.activeElement, around = [here, here.nextElementSibling, here.closest("label")];
  const drawn = around.some((one) => {
    const style = one && getComputedStyle(one);
    return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  });
  const box = here.getBoundingClientRect();
  const inSight = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return { what: here.outerHTML.slice(0, 120), isBody: here === document.body, isSeen: drawn && inSight };
}"""


class Keys:
    """Somebody who has no mouse and no finger for a screen."""

    def __init__(self, person: Person) -> None:
        self.person, self.page = person, person.page

    def reach(self, selector: str) -> None:
        """Tab by tab, each stop seen, until the focus is there."""
        for _stop in range(STOPS):
            self.page.keyboard.press("Tab")
            focused = self.page.evaluate(FOCUSED)
            assert focused["isBody"] or focused["isSeen"], focused["what"]
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"{STOPS} stops, and never at {selector}")

    def type(self, selector: str, text: str) -> None:
        self.reach(selector)
        self.page.keyboard.type(text)

    def press(self, key: str = "Enter") -> None:
        """What has the focus leads to another page."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        self.person.check(self.page)

    def follow(self, selector: str, key: str = "Enter") -> None:
        self.reach(selector)
        self.press(key)


@pytest.fixture
def cohort(regions) -> Cohort:
    """Its first session runs now."""
    cohort = make_cohort(region=regions["KG-B"], starts_on=timezone.localdate())
    session = cohort.sessions.order_by("starts_at").first()
    now = timezone.now()
    Session.objects.filter(pk=session.pk).update(starts_at=now, ends_at=now + timedelta(minutes=90))
    return cohort


@pytest.fixture
def enrolment(cohort) -> Enrolment:
    return make_enrolment(cohort, make_person("Айгүл", language="ky"))


@pytest.fixture
def paper(cohort) -> Paper:
    """The first test is open."""
    lead, at = cohort.trainers.get().person, timezone.now()
    paper = ensure_paper(cohort=cohort, module_code="M1", moment="pre", by=lead, at=at)
    return open_paper(paper=paper, by=lead, at=at)


def _card(enrolment: Enrolment) -> tuple[str, str]:
    lead = enrolment.cohort.trainers.get().person
    pins = renew_pins(people=[enrolment.person], by=lead, at=timezone.now())
    return Card.objects.get(person=enrolment.person).code, pins[enrolment.person_id]


# ── The keyboard alone ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_participants_way_with_the_keyboard_alone(house, cohort, enrolment, paper):
    person = house.enter("ky")
    keys = Keys(person)
    sign_in(keys, *_card(enrolment))
    read_a_lesson(keys, cohort)
    take_the_test(keys, paper)
    change_her_data(keys, enrolment)
    write_to_us_and_leave(keys)


def sign_in(keys: Keys, code: str, pin: str) -> None:
    """The first stop of a page leads past its head."""
    keys.person.open("/card/?lang=ky")
    keys.reach(".skip")
    keys.page.keyboard.press("Enter")
    assert keys.page.evaluate("document.activeElement.id") == "main"
    keys.type("[name=code]", code)
    keys.type("[name=pin]", pin)
    keys.follow("main form button")
    assert "/ky/desk/" in keys.page.url


def read_a_lesson(keys: Keys, cohort: Cohort) -> None:
    keys.follow(f"main a[href$='{cohort.get_absolute_url().split('/', 2)[2]}']")
    keys.follow("main a[href*='/learn/']")
    keys.follow("main form[action$='/read/'] button", "Space")
    assert Progress.objects.count() == 1


def take_the_test(keys: Keys, paper: Paper) -> None:
    """Found on the desk, begun, one answer given with the arrow keys, handed in although others are empty."""
    keys.person.open("desk/")
    keys.follow(f"main a[href$='/tests/{paper.pk}/']")
    keys.follow("form[action$='/start/'] button")
    keys.reach("[data-item] .choice input[type=radio]")
    keys.page.keyboard.press("Space")
    keys.page.keyboard.press("ArrowDown")
    for then in ("hand_in", "hand_in_unfinished"):
        keys.follow(f"[name=then][value={then}]")
    attempt = Attempt.objects.get()
    assert attempt.state == AttemptState.SUBMITTED
    assert attempt.answers.values("item_key").distinct().count() == 1


def change_her_data(keys: Keys, enrolment: Enrolment) -> None:
    """By the menu of the account: another language, and a name for the certificate."""
    keys.person.open("desk/")
    keys.reach("details.menu summary")
    keys.page.keyboard.press("Enter")
    keys.follow("details.menu a[href$='/me/']")
    keys.reach("details:has([name=language]) summary")
    keys.page.keyboard.press("Enter")
    keys.reach("[name=language]")
    keys.page.keyboard.press("ArrowDown")
    keys.follow("form[action$='/me/language/'] button")
    enrolment.person.refresh_from_db()
    assert (enrolment.person.language, keys.page.url.endswith("/ru/me/")) == ("ru", True)
    keys.person.language = "ru"
    keys.type("[name=name]", "Айгүл Өмүрова")
    keys.reach("[name=agreed]")
    keys.page.keyboard.press("Space")
    keys.follow("form[action$='/me/name/'] button")
    assert own_legal_name(enrolment.person) == "Айгүл Өмүрова"


def write_to_us_and_leave(keys: Keys) -> None:
    keys.follow("footer a[href*='/tell-us/']")
    keys.type("[name=text]", "Ачылбай жатат")
    keys.follow("main form button")
    assert Feedback.objects.count() == 1
    keys.reach("details.menu summary")
    keys.page.keyboard.press("Enter")
    keys.reach("details.menu form button")
    keys.press()
    keys.person.open("desk/")
    assert "/accounts/login/" in keys.page.url


# ── Without scripts ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_participants_way_without_scripts(house, cohort):
    person = house.enter("ru", scripts=False)
    code, pin = join(person, cohort)
    person.open("/card/?lang=ru")
    person.fill(code=code, pin=pin)
    person.press()
    enrolment = cohort.enrolments.get()
    person.open(f"learn/{cohort.pk}/M1.1/")
    person.press("form[action$='/read/'] button")
    assert Progress.objects.get().enrolment == enrolment
    give_her_data(person, enrolment)
    choose_how_she_is_reached(person, enrolment)
    go_everywhere(person)


def join(person: Person, cohort: Cohort) -> tuple[str, str]:
    """By the poster: what is missing is said and what was typed stays; then code and PIN, once."""
    person.open(f"/join/{cohort.join_token}?lang=ru")
    person.fill(display_name="Бермет")
    person.press()
    assert person.page.locator("[name=consent][aria-invalid=true]").count() == 1
    assert person.page.locator("[name=display_name]").input_value() == "Бермет"
    person.page.locator("[name=consent]").check()
    person.press()
    code, pin = (output.inner_text() for output in person.page.locator("output.code").all())
    return code, pin


def give_her_data(person: Person, enrolment: Enrolment) -> None:
    person.open("me/")
    person.fill(name="Бермет Асанова")
    person.page.locator("[name=agreed]").check()
    person.press("form[action$='/me/name/'] button")
    assert own_legal_name(enrolment.person) == "Бермет Асанова"
    photo = "form[action$='/me/consents/']:has([value=photo])"
    person.page.locator(f"details:has({photo}) summary").click()
    person.press(f"{photo} [name=given][value=no]")
    assert not Consent.objects.get(purpose="photo").given


def choose_how_she_is_reached(person: Person, enrolment: Enrolment) -> None:
    person.open("me/messages/")
    person.page.locator("summary", has_not=person.page.locator("svg")).last.click()
    person.tick("channel", "telegram")
    person.press()
    assert person.page.locator("[name=address][aria-invalid=true]").count() == 1
    person.fill(address="@bermet_a")
    person.press()
    assert rule_of(enrolment.person).channel == "telegram"


def go_everywhere(person: Person) -> None:
    """Another language by a link, a certificate's code, and out."""
    person.press("footer a[hreflang=ky]")
    assert person.page.locator("html").get_attribute("lang") == "ky"
    person.open("/verify/?lang=ky")
    person.page.locator("main form input:not([type=hidden])").first.fill("K7QF-2M9X")
    person.press()
    person.page.locator("details.menu summary").click()
    person.press("details.menu form button")
    person.language = "ky"
    person.open("desk/")
    assert "/accounts/login/" in person.page.url
