"""What a phone does by itself: it keeps, it asks, and it says what has arrived."""

import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session as SignIn
from django.utils import timezone
from playwright.sync_api import Page

from lms.cohorts.models import Session
from lms.people.actions import invite_staff, renew_pins
from lms.people.models import User
from tests.factories.assessments import make_paper
from tests.factories.certificates import make_certificate, make_coordinator, make_graduate
from tests.factories.people import make_role, make_staff
from tests.journeys.people import House, Person
from tests.journeys.rooms import comes_true, enter, lead_of, move

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

LONG_WORD = "Өзгөчөлөштүрүлгөндөрдүнкүнөнөйлөөнүнкөрсөткүчтөштүрүүчүлүгү"

WIDER_THAN_ITS_WORDS = """words => {
  const alone = document.createRange();
  alone.selectNodeContents(words.firstChild);
  const width = boxes => [...boxes].reduce((sum, box) => sum + box.width, 0);
  return width(words.getClientRects()) > width(alone.getClientRects()) + 8;
}"""
# The parts of words that a heading shows on more than one line.
BROKEN_WORDS = """() => [...document.querySelectorAll("main h1, main h2, main h3")].flatMap(heading => {
  const walker = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT), broken = [];
  while (walker.nextNode()) for (const word of walker.currentNode.data.matchAll(/[^\\s–—-]+/g)) {
    const range = document.createRange();
    range.setStart(walker.currentNode, word.index);
    range.setEnd(walker.currentNode, word.index + word[0].length);
    if (new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1) broken.push(word[0]);
  }
  return broken;
})"""


def test_headings_in_large_letters_break_between_words(house, session):
    person = enter(house, session.cohort.enrolments.first().person)
    page = person.page
    page.set_viewport_size({"width": 360, "height": 740})
    for address in ("desk", "desk/certificates", "me", "me/messages", "me/calendar", "help"):
        page.goto(f"{house.base}/ky/{address}/")
        page.evaluate("document.documentElement.style.fontSize = '212.5%'")
        assert page.evaluate(BROKEN_WORDS) == [], address


def test_cards_say_that_the_sheet_came_and_ask_before_the_next(house, session):
    trainer = enter(house, lead_of(session))
    asked: list[str] = []
    trainer.page.on("dialog", lambda dialog: asked.append(dialog.message))
    trainer.open(f"desk/cohorts/{session.cohort_id}/cards/")
    assert trainer.page.locator("[name=enrolment]:checked").count() == 2
    trainer.download()
    notice = trainer.page.locator("[data-sheet-notice]")
    notice.wait_for()
    assert trainer.page.locator("[data-sheet-count]").inner_text() == "2"
    assert (trainer.page.locator("[name=enrolment]:checked").count(), asked) == (0, [])
    trainer.page.locator("[name=enrolment]").first.check()
    trainer.download()
    assert len(asked) == 1


def test_room_code_keeps_the_screen_awake_until_the_room_closes(house, session):
    trainer = enter(house, lead_of(session))
    # Browsers with a window give it unasked, the headless shell does not.
    trainer.page.context.grant_permissions(["screen-wake-lock"])
    trainer.page.add_init_script(
        "window.locks = []; const ask = WakeLock.prototype.request;"
        "WakeLock.prototype.request = async function (kind) {"
        " const lock = await ask.call(this, kind); window.locks.push(lock); return lock; };"
    )
    trainer.open(f"desk/sessions/{session.pk}/code/")
    assert comes_true(trainer, "window.locks.length === 1 && !window.locks[0].released")
    move(session, -timedelta(days=1))
    trainer.page.evaluate("htmx.ajax('GET', location.pathname, {target: '#room-code', swap: 'outerHTML'})")
    assert comes_true(trainer, "window.locks[0].released")
    assert trainer.page.evaluate("window.locks.length") == 1


def _printed(person: Person, file: Path) -> list[str]:
    """The text of each page that the browser makes of the one shown."""
    person.page.pdf(path=file)
    text = subprocess.run(["pdftotext", file, "-"], capture_output=True, text=True, check=True).stdout
    return [page for page in text.split("\f") if page.strip()]


def test_plan_prints_its_version_on_every_page_and_which_it_is(house, session, tmp_path):
    trainer = enter(house, lead_of(session))
    said = {
        "en": ("Legal status as of", "Page {page} of {pages}"),
        "ru": ("Правовое положение по состоянию на", "Стр. {page} из {pages}"),
        "ky": ("Укуктук абалы ушул күнгө карата", "{pages} беттин {page}-бети"),
    }
    for language, (foot, words) in said.items():
        trainer.page.goto(f"{house.base}/{language}/desk/cohorts/{session.cohort_id}/plan/M1.1/")
        assert trainer.page.locator("[data-print]").is_visible()
        trainer.page.evaluate("document.querySelectorAll('.plan-step').forEach(step => step.style.minHeight = '160mm')")
        pages = _printed(trainer, tmp_path / "plan.pdf")
        assert len(pages) > 1
        for number, page in enumerate(pages, start=1):
            assert page.count(foot) == 1
            assert words.format(page=number, pages=len(pages)) in page


def test_poster_is_one_page_without_a_number(house, session, tmp_path):
    trainer = enter(house, lead_of(session))
    trainer.open(f"desk/cohorts/{session.cohort_id}/poster/")
    [page] = _printed(trainer, tmp_path / "poster.pdf")
    assert "Page 1" not in page


AWAY = f"{django_settings.NEUTRAL_SITE}**"


def _reader(house: House, session: Session, **how: bool) -> Person:
    """A participant whose pages stand behind the one that she looks at; where she flees to, no network is asked."""
    person = enter(house, session.cohort.enrolments.first().person, **how)
    person.page.route(AWAY, lambda route: route.fulfill(body="<!doctype html><title>away</title>"))
    person.page.goto(f"{house.base}/en/desk/")
    person.page.goto(f"{house.base}/en/me/")
    return person


def _leave(person: Person) -> None:
    person.page.locator("[data-quick-exit]").click()
    person.page.wait_for_url(AWAY)


def _is_signed_out(person: Person) -> bool:
    """Within five seconds: no page waits for it."""
    for _wait in range(50):
        if not SignIn.objects.exists():
            return True
        person.page.wait_for_timeout(100)
    return False


def _sees_nothing_of_hers(person: Person) -> bool:
    """At the page shown, and at her desk."""
    person.page.wait_for_url("**/login/**")
    shown = [person.text]
    person.page.goto(f"{person.base}/en/desk/")
    shown.append(person.text)
    return all("Sign in" in text and "My desk" not in text for text in shown)


def test_whoever_leaves_is_signed_out_and_back_shows_no_page_of_hers(house, session):
    person = _reader(house, session)
    _leave(person)
    assert _is_signed_out(person)
    person.page.go_back()
    assert _sees_nothing_of_hers(person)


def test_whoever_left_without_a_connection_is_signed_out_at_the_next_page(house, session):
    person = _reader(house, session)
    person.page.route("**/logout/**", lambda route: route.abort("internetdisconnected"))
    _leave(person)
    assert SignIn.objects.exists()
    person.page.unroute("**/logout/**")
    person.page.go_back()
    assert _sees_nothing_of_hers(person)
    assert not SignIn.objects.exists()


def test_leaving_one_page_leaves_those_beside_it_too(house, session):
    person = _reader(house, session)
    beside = Person(person.page.context.new_page(), person.base, person.language, person.check)
    beside.page.goto(f"{house.base}/en/me/data/copy/")
    _leave(person)
    assert _sees_nothing_of_hers(beside)


def test_without_scripts_the_button_signs_out_and_leads_away(house, session):
    person = _reader(house, session, scripts=False)
    with person.page.expect_request(AWAY):
        person.page.locator("[data-quick-exit]").click(no_wait_after=True)
    assert _is_signed_out(person)
    # In another tab: without a network this one is about to show the browser's own page.
    person = replace(person, page=person.page.context.new_page())
    person.page.goto(f"{house.base}/en/me/")
    assert _sees_nothing_of_hers(person)


def test_one_escape_on_a_new_page_stays_and_two_leave(house, session):
    page = _reader(house, session).page
    # Every key falls within the page's first second, however slow this computer is.
    page.add_init_script("Object.defineProperty(Event.prototype, 'timeStamp', { get: () => 500 })")
    page.goto(f"{house.base}/en/me/")
    page.keyboard.press("Escape")
    assert not page.evaluate("document.documentElement.hidden")
    page.keyboard.press("Escape")
    page.wait_for_url(AWAY)


def test_the_button_that_leaves_covers_no_other_on_a_phone(house, session):
    person = enter(house, session.cohort.enrolments.first().person)
    page = person.page
    page.set_viewport_size({"width": 320, "height": 568})
    pages = ("desk", "me", "me/messages", "me/calendar", "me/data/erase", "desk/certificates", "tell-us", "help")
    for address in pages:
        page.goto(f"{house.base}/en/{address}/")
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        leaves = page.locator("[data-quick-exit]").bounding_box()
        for button in page.locator("main .form-actions button, main .form-actions a").all():
            box = button.bounding_box()
            assert box["x"] + box["width"] <= leaves["x"], address
        last = page.locator(".site-footer a").last.bounding_box()
        assert last["y"] + last["height"] <= leaves["y"], address
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_two_taps_make_one_pin_of_her_own(house, session):
    person = session.cohort.enrolments.first().person
    renew_pins(people=[person], by=lead_of(session), at=timezone.now())
    hers, sent = enter(house, User.objects.get(pk=person.pk)), []
    hers.open("me/data/copy/")
    hers.page.on("request", lambda request: sent.append(request.method))
    with hers.page.expect_navigation():
        hers.page.locator("#own-pin button").dblclick()
    assert hers.page.locator("output.code").count() == 2
    assert sent.count("POST") == 1
    hers.open("me/")


def test_leaving_and_handing_in_are_two_thumbs_apart_on_a_phone(house, session):
    person = replace(enter(house, session.cohort.enrolments.first().person), language="ky")
    page, paper = person.page, make_paper(session.cohort, "pre")
    person.open(f"tests/{paper.pk}/")
    person.press("form[action$='/start/'] button")
    for width, apart in ((320, 44), (360, 64)):
        page.set_viewport_size({"width": width, "height": 740})
        hands_in = page.locator(".form-actions [value=hand_in]").bounding_box()
        leaves = page.locator("[data-quick-exit]").bounding_box()
        assert leaves["x"] - (hands_in["x"] + hands_in["width"]) >= apart
        assert hands_in["height"] >= 44


# What lies beneath the button, were it not there: the strip, or the foot of a form that stays on the screen.
BENEATH = """button => {
    const box = button.getBoundingClientRect(), found = new Set();
    button.style.visibility = "hidden";
    for (let x = box.left + 2; x < box.right; x += 10) {
        for (let y = box.top + 2; y < box.bottom; y += 10) {
            const below = document.elementFromPoint(x, y);
            found.add(below === document.body ? "strip" : below.className || below.tagName);
        }
    }
    button.style.visibility = "";
    return [...found];
}"""


def test_the_button_that_leaves_covers_no_line_on_a_phone(house, session):
    page = enter(house, session.cohort.enrolments.first().person).page
    page.set_viewport_size({"width": 360, "height": 740})
    for address in ("me", "tell-us", f"learn/{session.cohort_id}/M1.1"):
        page.goto(f"{house.base}/ky/{address}/")
        for place in range(0, page.evaluate("document.documentElement.scrollHeight"), 200):
            page.evaluate(f"scrollTo(0, {place})")
            assert set(page.locator("[data-quick-exit]").evaluate(BENEATH)) <= {"strip", "form-actions"}, address


def test_what_can_be_done_about_an_invitation_stands_in_line_on_a_phone(house, session):
    administrator = make_role(make_staff(), "administrator", session.cohort.organisation).person
    for name in ("first", "second"):
        email = {"second": "second@example.org"}.get(name)
        invite_staff(
            username=name, display_name=name, language="ky", kind="trainer", organisation=session.cohort.organisation,
            email=email, by=administrator, at=timezone.now(),
        )  # fmt: skip
    page = enter(house, administrator).page
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{house.base}/ky/me/staff/invitations/")
    for row in page.locator(".data .actions").all():
        boxes = [button.bounding_box() for button in row.locator("button").all()]
        assert len(boxes) == 2
        edges = min(box["x"] for box in boxes), max(box["x"] + box["width"] for box in boxes)
        assert [round(edge) for edge in edges] == [16, 344]
        assert boxes[0]["y"] == boxes[1]["y"] or boxes[0]["width"] == boxes[1]["width"]


def test_whoever_is_found_has_her_state_beside_her_name_on_a_phone(house, session):
    page = enter(house, lead_of(session)).page
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{house.base}/ky/desk/people/")
    page.fill("[name=sought]", session.cohort.enrolments.first().person.display_name)
    page.locator("main form button").click()
    row = page.locator("main .rows li").first
    name, state = row.locator("a").bounding_box(), row.locator(".status").bounding_box()
    assert name["y"] <= state["y"] <= state["y"] + state["height"] <= name["y"] + name["height"]


def test_a_name_of_one_long_word_stays_on_a_phone(house, session):
    """Each page that is opened is looked at for scrolling sideways."""
    cohort = session.cohort
    User.objects.filter(pk=cohort.enrolments.first().person_id).update(display_name=LONG_WORD)
    type(cohort).objects.filter(pk=cohort.pk).update(title_en=LONG_WORD, place=LONG_WORD)
    trainer = enter(house, lead_of(session))
    hub = f"desk/cohorts/{cohort.pk}/"
    pages = [f"{hub}{page}" for page in ("", "people/", "cards/", "attendance/", "certificates/", "people/withdraw/")]
    for address in ["desk/", "desk/cohorts/", f"desk/sessions/{session.pk}/attendance/", *pages]:
        trainer.open(address)
        assert LONG_WORD in trainer.page.locator("main").inner_text(), address


def test_a_list_of_people_is_short_on_a_phone_and_shows_all_its_parts(house, session):
    page = enter(house, lead_of(session)).page
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{house.base}/ky/desk/cohorts/{session.cohort_id}/people/")
    for part in page.locator(".tabs a").all():
        box = part.bounding_box()
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 360
    for row in page.locator(".people tbody tr").all():
        assert row.bounding_box()["height"] <= 80
        assert row.locator("th a").bounding_box()["height"] >= 44


def _edges(page: Page) -> set[tuple[int, int]]:
    """Where the verbs at the end of a form begin and end, each on a row of its own."""
    boxes = [one.bounding_box() for one in page.locator(".form-actions.several > *").all()]
    assert len({box["y"] for box in boxes}) == len(boxes) > 1
    return {(round(box["x"]), round(box["x"] + box["width"])) for box in boxes}


def test_verbs_with_consequences_stand_below_each_other_on_a_phone(house, session):
    """As wide as the page; where the button floats that leaves, they end beside it."""
    certificate = make_certificate()
    visits = [
        (certificate.person, "me/data/erase", 208),
        (make_coordinator(certificate.cohort), f"desk/certificates/{certificate.pk}/state", 344),
    ]
    for who, address, right in visits:
        page = enter(house, who).page
        page.set_viewport_size({"width": 360, "height": 740})
        page.goto(f"{house.base}/ky/{address}/")
        assert _edges(page) == {(16, right)}, address


def test_nobody_is_asked_for_good_before_what_is_missing_is_there(house, session):
    certificate = make_certificate()
    page = enter(house, make_coordinator(certificate.cohort)).page
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.goto(f"{house.base}/en/desk/certificates/{certificate.pk}/state/")
    page.click("[value=revoked]")
    page.wait_for_selector(".errorlist, .error-summary, [aria-invalid]")
    assert asked == []
    page.fill("[name=internal_reason]", "By mistake.")
    page.click("[value=revoked]")
    page.wait_for_url("**/certificates/")
    assert len(asked) == 1


def test_the_button_that_issues_shows_for_how_many(house, session):
    """No program can ask for a figure that the style sheet counted, but what shows it is wider than the words alone."""
    graduate = make_graduate()
    page = enter(house, make_coordinator(graduate.cohort)).page
    page.goto(f"{house.base}/en/desk/cohorts/{graduate.cohort_id}/certificates/")
    words = page.locator(".counted .how-many")
    assert [page.locator("[name=enrolments]:checked").count(), words.count()] == [1, 1]
    assert words.evaluate(WIDER_THAN_ITS_WORDS)
    assert words.evaluate("words => getComputedStyle(words, '::after').content").count("counter(chosen)") == 1


def test_what_can_be_done_with_a_key_stands_in_rows_of_their_own(house, session):
    organisation = make_certificate().organisation
    page = enter(house, make_role(make_staff(), "administrator", organisation).person).page
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        page.goto(f"{house.base}/ky/desk/keys/")
        first, second = [one.bounding_box() for one in page.locator(".steps a").all()]
        assert first["y"] + first["height"] <= second["y"]
        assert min(first["height"], second["height"]) >= 44
