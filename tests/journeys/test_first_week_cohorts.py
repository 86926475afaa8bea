"""The first week of real cohorts, through the screens: what went otherwise than planned is put right."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from lms.attendance.models import AttendanceEvent, Mark
from lms.cohorts.models import Cohort, CohortState, Enrolment, Session
from lms.people.models import User
from tests.factories.cohorts import make_standing
from tests.journeys.loading import load
from tests.journeys.people import House, Person

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

LAPTOP = {"width": 1280, "height": 800}


@pytest.fixture
def house(house, settings) -> House:
    """The demonstration, and a second person who may train module 1."""
    settings.DEMONSTRATION = True
    load("load_regions", "load_starter", "load_demo")
    cohort = Cohort.objects.get(state=CohortState.RUNNING)
    make_standing(User.objects.get(username="observer2"), cohort.organisation)
    return house


def test_the_first_week(house):
    cohort = Cohort.objects.get(state=CohortState.RUNNING)
    trainer = house.staff("trainer", "ky")
    coordinator = house.staff("coordinator", "en", viewport=LAPTOP)
    russian = house.staff("coordinator", "ru")
    correct_a_mark(trainer, cohort)
    coordinator_decides(coordinator, trainer, cohort)
    show_to_the_public(trainer, cohort)
    move_repeat_and_add(trainer, cohort)
    stand_in(house, russian, cohort)
    draft = duplicate(russian, cohort)
    person = transfer(coordinator, cohort, draft)
    see_her_own_side(house, person, draft)
    leave_and_come_back(trainer, cohort)
    look_at_one_person(russian, cohort)
    hand_over(coordinator, cohort)
    close_and_open_again(coordinator, trainer, cohort)


# ── 1. Marks ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _marked(cohort: Cohort) -> Mark:
    """A mark of the cohort's first day."""
    return Mark.objects.filter(session__cohort=cohort, status="present").order_by("session__starts_at", "pk").first()


def correct_a_mark(trainer: Person, cohort: Cohort) -> None:
    """From the grid to one mark; a day later it takes a reason; undone, it is as before, and all of it stays."""
    mark = _marked(cohort)
    Session.objects.filter(pk=mark.session_id).update(
        starts_at=timezone.now() - timedelta(days=2), ends_at=timezone.now() - timedelta(days=2, minutes=-90)
    )
    trainer.open(f"desk/cohorts/{cohort.pk}/attendance/")
    page = f"/desk/sessions/{mark.session_id}/attendance/{mark.enrolment_id}/"
    trainer.press(f"a[href$='{page}']")
    trainer.tick("status", "absent")
    trainer.press("main form button:not([name])")
    assert trainer.page.locator("[name=reason][aria-invalid=true]").count() == 1
    assert trainer.page.locator("[name=status][value=absent]").is_checked()
    trainer.fill(reason="Тизме чаташып калган.")
    trainer.press("main form button:not([name])")
    mark.refresh_from_db()
    assert (mark.status, "Тизме чаташып калган." in trainer.text) == ("absent", True)
    trainer.fill(reason="Туура белгиленген экен.")
    trainer.press("[name=do][value=undo]")
    mark.refresh_from_db()
    events = AttendanceEvent.objects.filter(session=mark.session_id, enrolment=mark.enrolment_id)
    assert (mark.status, events.count()) == ("present", 3)
    assert trainer.page.locator("main ol.rows > li").count() == 3


def coordinator_decides(coordinator: Person, trainer: Person, cohort: Cohort) -> None:
    """What the coordinator decided the trainer no longer changes."""
    mark = _marked(cohort)
    page = f"desk/sessions/{mark.session_id}/attendance/{mark.enrolment_id}/"
    coordinator.open(page)
    coordinator.tick("status", "late")
    coordinator.fill(reason="Signature at 11:00 on the paper sheet.")
    coordinator.press("main form button:not([name])")
    trainer.open(page)
    trainer.fill(reason="Жок болчу.")
    trainer.press("[name=do][value=undo]")
    assert trainer.page.locator("main .notice.attention").count() == 1
    mark.refresh_from_db()
    assert mark.status == "late"


# ── 2, 7. The plan ───────────────────────────────────────────────────────────────────────────────────────────────────


def show_to_the_public(trainer: Person, cohort: Cohort) -> None:
    trainer.open(f"desk/cohorts/{cohort.pk}/edit/")
    box = trainer.page.locator("main [name=listed_publicly]")
    assert not box.is_checked()
    box.check()
    trainer.press("main form.form button")
    cohort.refresh_from_db()
    assert cohort.listed_publicly


def move_repeat_and_add(trainer: Person, cohort: Cohort) -> None:
    """The last lesson a week later, a held one once more, an excursion; and one session is called off."""
    session = cohort.sessions.order_by("starts_at").last()
    later = _morning(timezone.localtime(session.starts_at) + timedelta(days=7))
    trainer.open(f"desk/cohorts/{cohort.pk}/")
    trainer.press(f"main a[href$='/desk/sessions/{session.pk}/']")
    trainer.fill(starts_at=f"{later:%Y-%m-%dT%H:%M}", place="Китепкана")
    trainer.press("main form.form button")
    session.refresh_from_db()
    assert (timezone.localtime(session.starts_at), session.place) == (later, "Китепкана")
    held = _marked(cohort).session
    trainer.press(f"a[href$='/sessions/{held.pk}/again/']")
    trainer.fill(starts_at=f"{later + timedelta(days=1):%Y-%m-%dT%H:%M}")
    trainer.press()
    trainer.press("a[href$='/sessions/add/']")
    trainer.fill(title_ky="Музейге баруу", starts_at=f"{later + timedelta(days=2):%Y-%m-%dT%H:%M}", minutes="60")
    trainer.press()
    extra = cohort.sessions.get(is_extra=True)
    trainer.press(f"main a[href$='/desk/sessions/{extra.pk}/']")
    trainer.press(f"form[action$='/sessions/{extra.pk}/cancel/'] button")
    extra.refresh_from_db()
    assert (extra.lesson_code, extra.state) == ("M1+1", "cancelled")
    assert cohort.sessions.filter(lesson_code=held.lesson_code).count() == 2


def _morning(day: datetime) -> datetime:
    return day.replace(hour=9, minute=0, second=0, microsecond=0)


# ── 3. Trainers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def stand_in(house: House, coordinator: Person, cohort: Cohort) -> None:
    """Somebody else leads one session, and finds it on her desk; the cohort's page is not hers."""
    other = User.objects.get(username="observer2")
    session = cohort.sessions.filter(state="planned").order_by("starts_at").first()
    coordinator.open(f"desk/sessions/{session.pk}/")
    coordinator.choose("person", str(other.pk))
    coordinator.press(f"form[action$='/sessions/{session.pk}/leader/'] button")
    substitute = house.staff("observer2", "ru")
    substitute.open("desk/")
    substitute.press(f"main a[href$='/sessions/{session.pk}/attendance/']")
    assert substitute.page.locator("li.roster-row").count() == cohort.enrolments.enrolled().count()
    substitute.open(f"desk/cohorts/{cohort.pk}/people/", status=404)


def hand_over(coordinator: Person, cohort: Cohort) -> None:
    """Another lead; what the cohort descends from stays."""
    generation = cohort.generation
    coordinator.open(f"desk/cohorts/{cohort.pk}/edit/")
    coordinator.press("a[href$='/trainers/']")
    coordinator.tick("lead", str(User.objects.get(username="observer2").pk))
    coordinator.tick("co_trainers", str(User.objects.get(username="trainer").pk))
    coordinator.press()
    cohort.refresh_from_db()
    assert cohort.trainers.get(part="lead").person.username == "observer2"
    assert cohort.generation == generation


# ── 4, 5, 8. Another cohort, and its people ──────────────────────────────────────────────────────────────────────────


def duplicate(coordinator: Person, cohort: Cohort) -> Cohort:
    """A month later, and opened."""
    coordinator.open(f"desk/cohorts/{cohort.pk}/edit/")
    coordinator.press("a[href$='/duplicate/']")
    coordinator.fill(starts_on=f"{timezone.localdate() + timedelta(days=30):%Y-%m-%d}")
    coordinator.press()
    draft = Cohort.objects.get(state=CohortState.DRAFT)
    assert coordinator.page.url.endswith(draft.get_absolute_url().split("/", 2)[2])
    assert not draft.enrolments.exists()
    coordinator.press("form[action$='/open/'] button")
    return draft


def transfer(coordinator: Person, cohort: Cohort, to: Cohort) -> Enrolment:
    """One person goes on there."""
    left = _marked(cohort).enrolment
    coordinator.open(f"desk/people/{left.pk}/")
    coordinator.press("a[href$='/transfer/']")
    coordinator.tick("to", str(to.pk))
    coordinator.press()
    left.refresh_from_db()
    came = to.enrolments.get()
    assert (left.withdrawn_reason, came.person, list(came.carries.all())) == ("transferred", left.person, [left])
    coordinator.open(f"desk/cohorts/{to.pk}/attendance/")
    assert coordinator.page.locator("main sup").count() > 0
    return came


def see_her_own_side(house: House, enrolment: Enrolment, cohort: Cohort) -> None:
    """She finds her earlier marks in the new cohort, without a script too."""
    client = Client()
    client.force_login(enrolment.person)
    name = django_settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": house.base}
    for scripts in (True, False):
        person = house.enter("ky", scripts=scripts)
        person.page.context.add_cookies([cookie])
        person.open(f"desk/cohorts/{cohort.pk}/")
        assert person.page.locator("main .status.done").count() > 0


def leave_and_come_back(trainer: Person, cohort: Cohort) -> None:
    enrolment = cohort.enrolments.enrolled().order_by("pk").last()
    trainer.open(f"desk/people/{enrolment.pk}/")
    trainer.page.locator("details", has=trainer.page.locator("[name=reason]")).locator("summary").click()
    trainer.tick("reason", "cannot_come")
    trainer.press("form[action$='/withdraw/'] button")
    trainer.open(f"desk/cohorts/{cohort.pk}/people/?state=withdrawn")
    trainer.press(f"main a[href$='/people/{enrolment.pk}/']")
    trainer.press("form[action$='/again/'] button")
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.withdrawn_reason) == ("enrolled", "")


def look_at_one_person(coordinator: Person, cohort: Cohort) -> None:
    """The list ordered by its cards, then one person's way."""
    coordinator.open(f"desk/cohorts/{cohort.pk}/people/")
    coordinator.press("nav.sorting a[href*='sort=card']")
    assert coordinator.page.locator("nav.sorting [aria-current]").count() == 1
    coordinator.press("main tbody th a")
    assert coordinator.page.locator("section[aria-labelledby=way] .rows > li").count() >= cohort.sessions.count() - 1


# ── 6. Closing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def close_and_open_again(coordinator: Person, trainer: Person, cohort: Cohort) -> None:
    """What is open is named with the way there; closed with the tick, and open again with a reason."""
    # Whatever the hour at which the demonstration was loaded: one session was held, and its marks forgotten.
    begun = timezone.now() - timedelta(hours=3)
    forgotten = cohort.sessions.filter(state="planned", marks=None).order_by("starts_at").first()
    Session.objects.filter(pk=forgotten.pk).update(starts_at=begun, ends_at=begun + timedelta(hours=1))
    coordinator.open(f"desk/cohorts/{cohort.pk}/edit/")
    coordinator.press("a[href$='/close/']")
    assert coordinator.page.locator("main .rows a[href*='/attendance/']").count() > 0
    coordinator.press()
    assert coordinator.page.locator("[name=anyway][aria-invalid=true]").count() == 1
    coordinator.page.locator("[name=anyway]").check()
    coordinator.press()
    cohort.refresh_from_db()
    assert cohort.state == CohortState.CLOSED
    trainer.open(f"desk/cohorts/{cohort.pk}/edit/", status=403)
    coordinator.open(f"desk/cohorts/{cohort.pk}/edit/")
    coordinator.press("a[href$='/reopen/']")
    coordinator.fill(reason="The sheet of the second day was forgotten.")
    coordinator.press()
    cohort.refresh_from_db()
    assert cohort.state == CohortState.RUNNING
