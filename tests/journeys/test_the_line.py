"""The whole line, through the screens alone: a lesson, a cohort, its room, tests, certificates, new trainers."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone, translation

from curricula.models import LessonPage
from lms.assessments.models import Submission
from lms.attendance.signing import room_token
from lms.certificates.models import Certificate
from lms.certificates.queries import key_ring, published_keys
from lms.certificates.signing import verify_statement
from lms.cohorts.models import Cohort, Session, Standing
from lms.common.codes import decode_id
from lms.common.dates import long_date
from lms.dashboard.starter.cohorts import found_trainer
from lms.dashboard.starter.people import make_cast
from lms.people.models import User
from lms.regions.models import Region
from tests.journeys import answering, papers
from tests.journeys.jobs import work_off_jobs
from tests.journeys.loading import load
from tests.journeys.people import House, Person

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

AIGUL, NATALYA, BERMET = "Айгүл", "Наталья", "Бермет"
CORRECTION = "Corrected in the editor before the training"
HEAD = "Display name,Language,Region code,Sex"
ROSTER = [
    f"{AIGUL},кыргызча,41704220000000,f",
    f"{NATALYA},русский,41702000000000,жен",
    f"{BERMET},ky,41704000000000,аял",
    *(f"Катышуучу {number},ky,41704000000000,f" for number in range(4, 13)),
    *(f"Участница {number},ru,,f" for number in range(13, 20)),
    *(f"Participant {number},en,,f" for number in range(20, 25)),
]
PHONE = {"width": 360, "height": 740}
LAPTOP = {"width": 1280, "height": 800}
NARYN = "41704000000000"


@pytest.fixture
def house(house, settings) -> House:
    """Regions, module 1, everybody's account and a founding trainer: the rest is played."""
    settings.DEMONSTRATION = True
    load("load_regions", "load_starter")
    before = timezone.now() - timedelta(days=60)
    found_trainer(make_cast(before), before)
    return house


def test_the_whole_line(house):
    correct_a_lesson(house)
    coordinator = house.staff("coordinator", "en", viewport=LAPTOP)
    cohort = plan_and_open(coordinator, lead="trainer", first_start=timezone.localtime() - timedelta(minutes=5))
    import_roster(coordinator, cohort)
    cards = print_cards(coordinator, cohort)
    trainer = house.staff("trainer", "ky", viewport=PHONE)
    aigul = house.participant(*cards[AIGUL], "ky")
    natalya = house.participant(*cards[NATALYA], "ru", scripts=False)
    take_test(trainer, cohort, "pre", [aigul, natalya], right=False)
    mark_sessions(trainer, cohort)
    check_in_by_code(trainer, cohort, [aigul, natalya])
    take_test(trainer, cohort, "post", [aigul, natalya], right=True)
    review_answers(trainer, cohort, [aigul, natalya])
    certificates = issue_certificates(coordinator, cohort, {"Айгүл Токтогулова": aigul, "Наталья Иванова": natalya})
    verify_paper(house, coordinator, certificates[0], "Айгүл Токтогулова")
    revoke(house, coordinator, certificates[1])
    observers = [house.staff("observer", "en"), house.staff("observer2", "ru")]
    pass_teach_backs(observers, cohort)
    make_candidate(coordinator, cohort)
    own = plan_and_open(aigul, lead=None, first_start=timezone.localtime() - timedelta(minutes=5), languages=("ky",))
    assert (own.parent, own.generation) == (cohort, cohort.generation + 1)
    observe_session(observers[0], own)
    hand_in_plan(aigul, coordinator, cohort)
    make_trainer(house, coordinator, cohort)
    see_the_tree(coordinator, cohort, own)


# ── 1. The lesson ────────────────────────────────────────────────────────────────────────────────────────────────────


def correct_a_lesson(house: House) -> None:
    """The editor corrects a summary and publishes; a visitor reads it."""
    lesson = LessonPage.objects.get(code="M1.1", locale__language_code="en")
    visitor = house.enter("en")
    visitor.open(lesson.url)
    assert CORRECTION not in visitor.text
    editor = house.staff("editor", "en", viewport=LAPTOP)
    editor.page.goto(f"{house.base}/cms/pages/{lesson.pk}/edit/")
    editor.page.locator("[name=title]").fill(CORRECTION)
    editor.page.locator("footer [data-w-dropdown-target='toggle']").click()
    editor.press("[name=action-publish]", check=False)
    visitor.open(lesson.url)
    assert CORRECTION in visitor.text


# ── 2. The cohort ────────────────────────────────────────────────────────────────────────────────────────────────────


def plan_and_open(
    person: Person, *, lead: str | None, first_start: datetime, languages=("ky", "ru", "en"), region=NARYN
) -> Cohort:
    """All steps of the plan; the last lesson runs now, those before it on the days before."""
    person.open("desk/cohorts/plan/")
    person.tick("modules", "M1")
    person.tick("languages", *languages)
    person.press("[name=go][value=next]")
    person.choose("region", str(Region.objects.get(code=NARYN).pk))
    begun = first_start - timedelta(days=4)
    person.fill(place="Нарын", starts_on=f"{begun:%Y-%m-%d}", starts_at="10:00")
    person.press("[name=go][value=next]")
    person.page.check("[name=begun]")
    person.press("[name=go][value=next]")
    if lead:
        person.tick("lead", str(User.objects.get(username=lead).pk))
    person.press("[name=go][value=next]")
    for days, lesson in enumerate(("M1.5", "M1.4", "M1.3", "M1.2", "M1.1")):
        person.fill(**{f"start-{lesson}": f"{first_start - timedelta(days=days):%Y-%m-%dT%H:%M}"})
    person.press("[name=go][value=next]")
    cohort = Cohort.objects.get(pk=UUID(person.page.url.rstrip("/").rpartition("/")[2]))
    assert cohort.state == "draft"
    person.press("form[action$='/open/'] button")
    cohort.refresh_from_db()
    assert cohort.state == "open"
    return cohort


def import_roster(coordinator: Person, cohort: Cohort) -> None:
    """A wrong row is answered by its number and changes nothing; the corrected file adds 24 people."""
    wrong = [*ROSTER[:6], "Жаңыл,ky,41799000000000,f", *ROSTER[7:]]
    send_roster(coordinator, cohort, wrong)
    assert "row 8: unknown region code 41799000000000" in coordinator.text.lower()
    assert cohort.enrolments.count() == 0
    send_roster(coordinator, cohort, ROSTER)
    assert cohort.enrolments.count() == 0
    coordinator.press()
    assert cohort.enrolments.count() == len(ROSTER) == 24
    assert set(cohort.enrolments.values_list("language", flat=True)) == {"ky", "ru", "en"}


def send_roster(coordinator: Person, cohort: Cohort, rows: list[str]) -> None:
    coordinator.open(f"desk/cohorts/{cohort.pk}/people/import/")
    table = "\n".join([HEAD, *rows]).encode()
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": table}
    coordinator.page.locator("main input[type=file]").set_input_files(file)
    coordinator.press()


def print_cards(coordinator: Person, cohort: Cohort) -> dict[str, tuple[str, str]]:
    """Code and PIN of everybody by name, as they stand on the printed sheet; each QR says the code above it."""
    coordinator.open(f"desk/cohorts/{cohort.pk}/cards/")
    sheet = coordinator.download()
    pins = papers.cards_on_sheet(sheet)
    scanned = papers.codes_on_paper(sheet)
    assert sorted(scanned) == sorted(f"{coordinator.base}/card/#{code}" for code in pins)
    names = {row.person.display_name: row.person.cards.get().code for row in cohort.enrolments.all()}
    assert sorted(names.values()) == sorted(pins)
    return {name: (code, pins[code]) for name, code in names.items()}


# ── 3 and 5. The tests ───────────────────────────────────────────────────────────────────────────────────────────────


def take_test(trainer: Person, cohort: Cohort, moment: str, people: list[Person], *, right: bool) -> None:
    """The trainer opens it; each answers in her language and hands in."""
    trainer.open(f"desk/cohorts/{cohort.pk}/tests/")
    trainer.press(f"form:has([name=moment][value={moment}]) [name=do][value=open]")
    paper = cohort.papers.get(moment=moment)
    for person in people:
        person.open(f"tests/{paper.pk}/")
        person.press("form[action$='/start/'] button")
        answering.answer(person, paper, right=right)
        person.press("[name=then][value=hand_in]")
        assert person.page.locator("[data-quiz-done]").count() == 1


def review_answers(trainer: Person, cohort: Cohort, people: list[Person]) -> None:
    """When it is closed everybody reads explanations with sources, and the trainer sees the gain of the pairs."""
    paper = cohort.papers.get(moment="post")
    people[0].open(f"tests/{paper.pk}/")
    assert people[0].page.locator(".source").count() == 0
    trainer.open(f"desk/cohorts/{cohort.pk}/tests/")
    trainer.press("form:has([name=moment][value=post]) [name=do][value=close]")
    assert "2" in trainer.page.locator("figure.chart figcaption").inner_text()
    for person in people:
        person.open(f"tests/{paper.pk}/")
        for item in paper.content["items"]:
            assert item["explanation"][person.language] in person.text
        assert person.page.locator(".source").count() == len(paper.content["items"])


# ── 4. The room ──────────────────────────────────────────────────────────────────────────────────────────────────────


def mark_sessions(trainer: Person, cohort: Cohort) -> None:
    """The days before: everybody was there.  Today one is marked by hand."""
    for session in cohort.sessions.exclude(lesson_code="M1.5"):
        trainer.open(f"desk/sessions/{session.pk}/attendance/")
        trainer.page.locator("[data-all-present]").click()
        trainer.press("form[data-roster] .form-actions button:not([type=button])")
    today = cohort.sessions.get(lesson_code="M1.5")
    trainer.open(f"desk/sessions/{today.pk}/attendance/")
    trainer.page.locator("li.roster-row", has_text=BERMET).locator("label.present").click()
    trainer.press("form[data-roster] .form-actions button:not([type=button])")
    assert [mark.status for mark in today.marks.all()] == ["present"]


def check_in_by_code(trainer: Person, cohort: Cohort, people: list[Person]) -> None:
    """Participants scan the trainer's screen and press the button; yesterday's code is refused."""
    session = cohort.sessions.get(lesson_code="M1.5")
    people[0].visit(people[0].base + old_code(session), status=422)
    trainer.open(f"desk/sessions/{session.pk}/code/")
    for person in people:
        [address] = papers.codes_in_picture(trainer.page.screenshot(full_page=True))
        person.visit(address)
        person.press("form[action^='/c/ticket/'] button")
    assert session.marks.filter(status="present").count() == 3
    trainer.open(f"desk/cohorts/{cohort.pk}/attendance/")


def old_code(session: Session) -> str:
    """A photograph of the screen, sent on five minutes later."""
    past = timezone.now() - timedelta(minutes=5)
    return "/c/" + room_token(session_id=session.pk, seed=session.checkin_seed, at=past)


# ── 6. The certificates ──────────────────────────────────────────────────────────────────────────────────────────────


def issue_certificates(coordinator: Person, cohort: Cohort, holders: dict[str, Person]) -> list[Certificate]:
    """Each gives her name and agrees; the coordinator issues all that are due in one batch."""
    for name, person in holders.items():
        person.open("me/")
        person.fill(name=name)
        person.page.locator("main [name=agreed]").check()
        person.press("form[action$='/me/name/'] button")
    coordinator.open(f"desk/cohorts/{cohort.pk}/certificates/")
    assert coordinator.page.locator("[name=enrolments]:checked").count() == len(holders)
    coordinator.press()
    assert "/jobs/" in coordinator.page.url
    work_off_jobs()
    by_name = {row.person.display_name: row for row in cohort.certificates.select_related("person")}
    assert len(by_name) == len(holders)
    return [by_name[AIGUL], by_name[NATALYA]]


def verify_paper(house: House, coordinator: Person, certificate: Certificate, name: str) -> None:
    """The QR out of the PDF: its signature holds, and its address tells a stranger what was certified."""
    coordinator.open(f"desk/cohorts/{certificate.cohort_id}/certificates/")
    [address] = papers.codes_on_paper(coordinator.download(f"a[href*='{certificate.pk}/pdf/']"), 300)
    page, _hash, fragment = address.partition("#")
    assert page == f"{house.base}/v/{certificate.public_id}"
    claims = verify_statement(
        papers.statement_of(fragment), public_id=decode_id(certificate.public_id), keys=key_ring(published_keys())
    )
    assert (claims.level, [code for code, _hours in claims.modules]) == ("participant", ["M1"])
    stranger = house.enter("en", scripts=False)
    stranger.visit(f"{page}?lang=en#{fragment}")
    assert stranger.page.locator(".verdict.done").count() == 1
    assert claims.shown_name == "Айгүл Т."
    module = certificate.claims["modules"][0]
    for said in (claims.shown_name, f"{float(claims.modules[0][1]):g}", module["titles"]["en"]):
        assert said in stranger.text
    compare_name(stranger, "Айгүл Токтосунова", "attention")
    compare_name(stranger, name, "done")


def compare_name(stranger: Person, name: str, tone: str) -> None:
    stranger.page.locator("#id_name").fill(name)
    stranger.press("form[action*='#name'] button")
    assert stranger.page.locator(f".answer.{tone}").count() == 1


def revoke(house: House, coordinator: Person, certificate: Certificate) -> None:
    """A stranger reads the date and the words that were chosen for the public."""
    coordinator.open(f"desk/certificates/{certificate.pk}/state/")
    coordinator.tick("state", "revoked")
    coordinator.tick("wording", "mistake")
    coordinator.fill(internal_reason="The wrong list was used.")
    coordinator.press("main form button.danger")
    stranger = house.enter("ru")
    stranger.open(f"/v/{certificate.public_id}?lang=en")
    assert stranger.page.locator(".verdict.attention").count() == 1
    assert "Issued by mistake." in stranger.text
    certificate.refresh_from_db()
    with translation.override("en"):
        assert long_date(timezone.localdate(certificate.state_since)) in stranger.text


# ── 7. The next trainer ──────────────────────────────────────────────────────────────────────────────────────────────


def pass_teach_backs(observers: list[Person], cohort: Cohort) -> None:
    """Two observers, two occasions, each with a note."""
    graduate = str(cohort.enrolments.get(person__display_name=AIGUL).pk)
    for observer in observers:
        for occasion in ("1", "2"):
            observer.open(f"desk/cohorts/{cohort.pk}/observations/")
            observer.choose("teach_back-enrolment", graduate)
            observer.choose("teach_back-occasion", occasion)
            say_passed(observer, "teach_back")


def observe_session(observer: Person, cohort: Cohort) -> None:
    """A real session of the candidate's own cohort."""
    observer.open(f"desk/cohorts/{cohort.pk}/observations/")
    observer.choose("real_session-session", str(cohort.sessions.get(lesson_code="M1.5").pk))
    say_passed(observer, "real_session")


def say_passed(observer: Person, kind: str) -> None:
    form = observer.page.locator(f"form:has([name=kind][value={kind}])")
    form.locator(f"[name={kind}-passed][value=yes]").check()
    form.locator(f"[name={kind}-note]").fill("Everybody spoke. Next time fewer questions at once.")
    form.locator(f"[name={kind}-observed_on]").fill(f"{timezone.localdate():%Y-%m-%d}")
    observer.press(f"form:has([name=kind][value={kind}]) button")
    assert observer.page.locator("main .error").count() == 0


def make_candidate(coordinator: Person, cohort: Cohort) -> None:
    """The coordinator names a coach; the candidate may train in Kyrgyz in her region."""
    coordinator.open(f"desk/cohorts/{cohort.pk}/certificates/")
    with coordinator.page.expect_navigation():
        coordinator.page.locator("a[href*='/candidate/']").click()
    coordinator.check(coordinator.page)
    coordinator.choose("coach", str(User.objects.get(username="trainer").pk))
    coordinator.tick("languages", "ky", "ru")
    coordinator.choose("region", str(Region.objects.get(code=NARYN).pk))
    coordinator.press()
    standing = Standing.objects.get(person__display_name=AIGUL)
    assert (standing.level, standing.coachings.get().coach.username) == ("candidate", "trainer")


def hand_in_plan(candidate: Person, coordinator: Person, cohort: Cohort) -> None:
    """Her session plan, read and accepted."""
    candidate.open(f"desk/cohorts/{cohort.pk}/my-plan/")
    candidate.fill(title="Сабак 1: укуктар", text="10 мүнөт: таанышуу. 30 мүнөт: кырдаалдар. 20 мүнөт: жыйынтык.")
    candidate.press()
    coordinator.open(f"desk/cohorts/{cohort.pk}/plans/")
    with coordinator.page.expect_navigation():
        coordinator.page.locator("main a[href*='/plans/']").first.click()
    coordinator.tick("decision", "accept")
    coordinator.press()
    assert Submission.objects.get(cohort=cohort).state == "accepted"


def make_trainer(house: House, coordinator: Person, cohort: Cohort) -> None:
    """The trainer's certificate: its verdict says what she may train, in which languages, until when."""
    coordinator.open(f"desk/cohorts/{cohort.pk}/certificates/")
    coordinator.press("form[action*='/trainer/'] button")
    work_off_jobs()
    certificate = Certificate.objects.get(kind="trainer")
    standing = Standing.objects.usable(timezone.localdate()).get(person__display_name=AIGUL)
    assert standing.level == "certified"
    stranger = house.enter("ky", scripts=False)
    for language in ("ky", "ru", "en"):
        stranger.open(f"/v/{certificate.public_id}?lang={language}")
        assert certificate.claims["modules"][0]["titles"][language] in stranger.text
        assert str(standing.ends_on.year) in stranger.text
    assert "May train this module in Kyrgyz and Russian until" in stranger.text


def see_the_tree(coordinator: Person, cohort: Cohort, own: Cohort) -> None:
    """Her cohort hangs from the one in which she qualified."""
    coordinator.open("desk/cascade/")
    parent = coordinator.page.locator(f"li:has(> .tree-node a[href*='{cohort.pk}'])")
    assert parent.locator(f"> ul > li a[href*='{own.pk}']").count() == 1
