"""The roster, the room's code and the check-in as people use them, and who may not."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.attendance.models import AttendanceEvent, Mark, Status
from lms.cohorts.models import CohortState, Session, SessionState
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import browser, make_person, make_role, make_staff

pytestmark = pytest.mark.django_db


def lead_of(cohort):
    return cohort.trainers.get(part="lead").person


def addresses(session):
    return [
        reverse("attendance:roster", args=[session.pk]),
        reverse("attendance:room_code", args=[session.pk]),
        reverse("attendance:overview", args=[session.cohort_id]),
    ]


def test_only_who_runs_the_cohort_sees_its_attendance(client, regions, cohort, session):
    participant = make_enrolment(cohort, make_person(display_name="Canary Participant"))
    coordinator, other_coordinator = make_staff(username="mine"), make_staff(username="theirs")
    make_role(coordinator, "coordinator", cohort.organisation, regions["KG-B"])
    other = make_cohort(region=regions["KG-B"])
    make_role(other_coordinator, "coordinator", other.organisation)
    expected = {
        lead_of(cohort): 200,
        coordinator: 200,
        lead_of(other): 404,
        other_coordinator: 404,
        participant.person: 404,
    }
    for person, status in expected.items():
        client.force_login(person)
        for address in addresses(session):
            answer = client.get(address)
            assert (address, answer.status_code) == (address, status)
            assert status == 200 or "Canary" not in answer.content.decode()
    client.logout()
    assert {client.get(address).status_code for address in addresses(session)} == {302}


def test_stranger_cannot_mark(client, session):
    participant = make_enrolment(session.cohort)
    client.force_login(participant.person)
    data = {"batch": uuid4(), f"mark-{participant.pk}": "present"}
    assert client.post(reverse("attendance:roster", args=[session.pk]), data).status_code == 404
    assert not AttendanceEvent.objects.exists()


def test_roster_form_marks_and_shows_what_was_received(client, cohort, session):
    people = [make_enrolment(cohort), make_enrolment(cohort)]
    client.force_login(lead_of(cohort))
    address = reverse("attendance:roster", args=[session.pk])
    batch = re.search(r'name="batch" value="([^"]+)"', client.get(address).content.decode()).group(1)
    data = {"batch": batch, f"mark-{people[0].pk}": "present", f"mark-{people[1].pk}": "excused"}
    answer = client.post(address, data, follow=True)
    assert answer.status_code == 200
    assert {mark.enrolment_id: mark.status for mark in Mark.objects.all()} == {
        people[0].pk: Status.PRESENT,
        people[1].pk: Status.EXCUSED,
    }
    assert answer.content.decode().count(" checked") == 2


def test_roster_shows_a_name_as_text(client, cohort, session):
    make_enrolment(cohort, make_person(display_name="<b>Айгүл</b> & co"))
    client.force_login(lead_of(cohort))
    page = client.get(reverse("attendance:roster", args=[session.pk])).content.decode()
    assert "<bdi>&lt;b&gt;Айгүл&lt;/b&gt; &amp; co</bdi>" in page


def test_a_roster_that_takes_no_marks_says_so_before_anybody_taps(client, cohort, session):
    make_enrolment(cohort)
    client.force_login(lead_of(cohort))
    address, refusal = reverse("attendance:roster", args=[session.pk]), "This session takes no marks"
    before = client.get(address).text
    assert refusal not in before
    cohort.state = CohortState.CLOSED
    cohort.save()
    page = client.get(address).text
    assert (refusal in page, f"{refusal}: the cohort is closed." in page) == (True, True)
    assert reverse("attendance:room_code", args=[session.pk]) in before
    assert reverse("attendance:room_code", args=[session.pk]) not in page
    Session.objects.filter(pk=session.pk).update(state=SessionState.CANCELLED)
    code = reverse("attendance:room_code", args=[session.pk])
    for one in (address, code):
        assert f"{refusal}: it was cancelled." in client.get(one).text


def test_a_roster_leads_to_no_code_that_is_over(client, cohort, session):
    make_enrolment(cohort)
    client.force_login(lead_of(cohort))
    address, code = reverse("attendance:roster", args=[session.pk]), reverse("attendance:room_code", args=[session.pk])
    assert code in client.get(address).text
    over = timezone.now() - timezone.timedelta(minutes=16)
    Session.objects.filter(pk=session.pk).update(starts_at=over - timezone.timedelta(minutes=90), ends_at=over)
    page = client.get(address).text
    assert ("data-roster=" in page, code in page) == (True, False)


def closed(cohort, session):
    """A cohort that has ended, of two people: one was there, the other nobody marked."""
    here, _unmarked = make_enrolment(cohort), make_enrolment(cohort, make_person(display_name="Гүлзат"))
    client = browser(lead_of(cohort))
    address = reverse("attendance:roster", args=[session.pk])
    client.post(address, {"batch": str(uuid4()), f"mark-{here.pk}": "present"})
    cohort.state = CohortState.CLOSED
    cohort.save()
    return here, client, address


def test_the_marks_of_a_cohort_that_ended_are_read_and_not_tapped(cohort, session):
    here, trainer, address = closed(cohort, session)
    coordinator = make_staff(username="mine")
    make_role(coordinator, "coordinator", cohort.organisation)
    for client, corrects in ((trainer, False), (browser(coordinator), True)):
        page = client.get(address).text
        shown = page.split('<ol class="roster">')[1].split("</ol>")[0]
        assert 'type="radio"' not in page
        assert ("present" in shown, "not marked" in shown) == (True, True)
        assert "a coordinator can still correct a mark" in page
        assert (f'href="{here.pk}/"' in shown) is corrects
        one = client.get(f"{address}{here.pk}/").text
        assert ('name="status"' in one, "This session takes no marks" in one) == (corrects, not corrects)


def test_a_sheet_of_a_cohort_that_ended_meanwhile_comes_back_as_it_was_filled_in(cohort, session):
    here, trainer, address = closed(cohort, session)
    answer = trainer.post(address, {"batch": str(uuid4()), f"mark-{here.pk}": "absent"})
    assert (answer.status_code, "This session takes no marks" in answer.text) == (422, True)
    assert re.findall(r'value="(\w+)" checked', answer.text) == ["absent"]


@pytest.mark.parametrize("data", [{}, {"batch": "x"}, {"batch": str(uuid4()), "mark-x": "present"}])
def test_mangled_sheet_is_refused_whole(client, cohort, session, data):
    person = make_enrolment(cohort)
    client.force_login(lead_of(cohort))
    answer = client.post(reverse("attendance:roster", args=[session.pk]), {f"mark-{person.pk}": "present", **data})
    assert answer.status_code == 422
    assert not Mark.objects.exists()


@pytest.mark.parametrize("size", [1, 30])
def test_roster_and_overview_take_at_most_twelve_queries(client, cohort, session, size, django_assert_max_num_queries):
    for _ in range(size):
        make_enrolment(cohort)
    client.force_login(lead_of(cohort))
    for address in addresses(session):
        client.get(address)
        with django_assert_max_num_queries(12):
            client.get(address)


def test_the_grid_says_the_figure_before_the_marks(client, cohort, session):
    make_enrolment(cohort)
    client.force_login(lead_of(cohort))
    html = client.get(reverse("attendance:overview", args=[cohort.pk])).content.decode()
    assert html.index("M1, %") < html.index(f">{session.lesson_code}</a>")
    row = html[html.index("<tbody>") :]
    assert row.index('<td class="number">') < row.index(f'<td data-label="{session.lesson_code}">')


def test_only_saving_stays_at_the_foot_of_the_screen(client, cohort, session):
    make_enrolment(cohort)
    client.force_login(lead_of(cohort))
    html = client.get(reverse("attendance:roster", args=[session.pk])).content.decode()
    (foot,) = re.findall(r'<div class="form-actions">.*?</div>', html, re.DOTALL)
    assert re.findall(r"<button[^>]*>", foot)[0] == '<button class="button">'
    assert html.index("</ol>") < html.index("data-all-present") < html.index(foot)


def test_before_the_roster_opens_it_says_from_when_and_takes_no_tick(client, cohort, session):
    make_enrolment(cohort)
    client.force_login(lead_of(cohort))
    begins = timezone.localtime(timezone.now()).replace(hour=10, minute=0) + timezone.timedelta(days=3)
    Session.objects.filter(pk=session.pk).update(starts_at=begins, ends_at=begins + timezone.timedelta(minutes=90))
    page = client.get(reverse("attendance:roster", args=[session.pk])).text
    assert re.search(
        r"two hours before the session begins: [^<]*8:00|two hours before the session begins: [^<]*8 a.m.", page
    )
    assert ('type="radio"' in page, "data-all-present" in page) == (False, False)


def test_refused_sheet_shows_its_ticks_as_not_received(client, cohort, session):
    """“Late” too soon: what was ticked stays on the sheet, and only what the server has is marked as received."""
    known, new = make_enrolment(cohort), make_enrolment(cohort)
    client.force_login(lead_of(cohort))
    address = reverse("attendance:roster", args=[session.pk])
    client.post(address, {"batch": uuid4(), f"mark-{known.pk}": "present"})
    later = timezone.now() + timezone.timedelta(hours=1)
    Session.objects.filter(pk=session.pk).update(starts_at=later, ends_at=later + timezone.timedelta(minutes=90))
    sheet = {"batch": uuid4(), f"mark-{known.pk}": "late", f"over-{known.pk}": "present", f"mark-{new.pk}": "present"}
    answer = client.post(address, sheet)
    assert answer.status_code == 422
    inputs = re.findall(r'name="mark-([^"]+)" value="(\w+)"([^>]*)>', answer.content.decode())
    assert {(one, value) for one, value, more in inputs if "checked" in more} == {
        (str(known.pk), "late"),
        (str(new.pk), "present"),
    }
    assert [(one, value) for one, value, more in inputs if "data-received" in more] == [(str(known.pk), "present")]


def test_a_sheet_that_says_late_too_soon_is_refused_in_words_and_keeps_its_ticks(client, cohort, session):
    person = make_enrolment(cohort)
    soon = timezone.now() + timezone.timedelta(minutes=20)
    Session.objects.filter(pk=session.pk).update(starts_at=soon, ends_at=soon + timezone.timedelta(minutes=90))
    client.force_login(lead_of(cohort))
    address = reverse("attendance:roster", args=[session.pk])
    assert "only once the session has begun" in client.get(address).text
    answer = client.post(address, {"batch": uuid4(), f"mark-{person.pk}": "late"})
    assert (answer.status_code, "Nobody is late before the session begins" in answer.text) == (422, True)
    assert f'name="mark-{person.pk}" value="late" checked' in answer.text
    one = client.get(reverse("attendance:mark", args=[session.pk, person.pk])).context["form"]
    typed = {"status": "late", "reason": "Bus.", "event": one.initial["event"], "seen": ""}
    refused = client.post(reverse("attendance:mark", args=[session.pk, person.pk]), typed)
    assert (refused.status_code, "Nobody is late before" in refused.text) == (422, True)
    Session.objects.filter(pk=session.pk).update(starts_at=timezone.now())
    assert "only once the session has begun" not in client.get(address).text


def filled_in(page: str, **said: str) -> dict[str, str]:
    """The sheet as a browser without scripts sends it: every row, changed or not."""
    sheet = dict(re.findall(r'name="(batch|over-[^"]+)" value="([^"]+)"', page))
    return sheet | dict(re.findall(r'name="(mark-[^"]+)" value="(\w+)" checked', page)) | said


def received(session):
    return {mark.enrolment_id: mark.status for mark in session.marks.all()}


def test_a_sheet_that_stayed_open_asks_again_where_a_mark_was_changed(client, cohort, session):
    """Without scripts: beside the row stands what holds now, her choice stays chosen, and what she left is no word."""
    corrected, untouched, new = (make_enrolment(cohort) for _number in range(3))
    client.force_login(lead_of(cohort))
    address = reverse("attendance:roster", args=[session.pk])
    first = filled_in(client.get(address).text)
    client.post(address, first | {f"mark-{one.pk}": "absent" for one in (corrected, untouched)})
    opened = client.get(address).text
    elsewhere = {f"mark-{one.pk}": "excused" for one in (corrected, untouched)}
    client.post(address, filled_in(client.get(address).text, **elsewhere))

    hers = {f"mark-{corrected.pk}": "late", f"mark-{new.pk}": "present"}
    answer = client.post(address, filled_in(opened, **hers))
    assert (answer.status_code, "Nothing was saved" in answer.text) == (422, True)
    assert received(session) == {corrected.pk: "excused", untouched.pk: "excused"}
    assert f'<a href="#row-{corrected.pk}"><bdi>{corrected.person.display_name}</bdi></a>' in answer.text
    rows = answer.text.split('<li class="roster-row"')[1:]
    said = [row for row in rows if "data-overtaken>" in row.split("</li>")[0]]
    assert [f' id="row-{corrected.pk}"' in row for row in said] == [True]
    assert "Changed meanwhile to “excused”. You had chosen “late”." in said[0]

    again = filled_in(answer.text)
    assert {one: again[f"mark-{one}"] for one in (corrected.pk, untouched.pk, new.pk)} == {
        corrected.pk: "late",
        untouched.pk: "excused",
        new.pk: "present",
    }
    assert client.post(address, again).status_code == 302
    assert received(session) == {corrected.pk: "late", untouched.pk: "excused", new.pk: "present"}


def test_a_sheet_left_as_it_was_opened_overrules_nothing(client, cohort, session):
    person = make_enrolment(cohort)
    client.force_login(lead_of(cohort))
    address = reverse("attendance:roster", args=[session.pk])
    client.post(address, filled_in(client.get(address).text, **{f"mark-{person.pk}": "late"}))
    opened = client.get(address).text
    client.post(address, filled_in(opened, **{f"mark-{person.pk}": "excused"}))
    assert client.post(address, filled_in(opened)).status_code == 302
    assert received(session) == {person.pk: "excused"}


def test_a_tap_over_a_coordinators_mark_is_answered_beside_the_row(client, cohort, session, regions):
    person, coordinator = make_enrolment(cohort), make_staff()
    make_role(coordinator, "coordinator", cohort.organisation, regions["KG-B"])
    address = reverse("attendance:roster", args=[session.pk])
    client.force_login(coordinator)
    client.post(address, filled_in(client.get(address).text, **{f"mark-{person.pk}": "excused"}))
    client.force_login(lead_of(cohort))
    answer = client.post(address, filled_in(client.get(address).text, **{f"mark-{person.pk}": "absent"}))
    assert (answer.status_code, received(session)) == (422, {person.pk: "excused"})
    [row] = answer.text.split(f'id="row-{person.pk}"')[1:]
    assert "A coordinator has decided this mark." in row.split("</li>")[0]
    assert 'value="absent" checked' in row.split("</li>")[0]


def test_whoever_joined_after_the_session_is_named_and_left_out_of_all_others(client, cohort, session):
    over = timezone.now() - timezone.timedelta(hours=1)
    Session.objects.filter(pk=session.pk).update(starts_at=over - timezone.timedelta(hours=2), ends_at=over)
    later = make_enrolment(cohort, at=timezone.now())
    client.force_login(lead_of(cohort))
    # As long as all did, the list was written afterwards.
    assert "data-joined-later" not in client.get(reverse("attendance:roster", args=[session.pk])).text
    there = make_enrolment(cohort)
    html = client.get(reverse("attendance:roster", args=[session.pk])).text
    rows = re.findall(r'<li class="roster-row".*?</li>', html, re.DOTALL)
    marked = {one: next(row for row in rows if f"mark-{one.pk}" in row) for one in (there, later)}
    assert ["data-joined-later" in marked[one] for one in (there, later)] == [False, True]
    assert "1 person joined the cohort after this session" in html
    client.post(reverse("attendance:roster", args=[session.pk]), {"batch": str(uuid4()), f"mark-{later.pk}": "present"})
    assert Mark.objects.get().enrolment == later
    assert "joined the cohort after" not in client.get(reverse("attendance:roster", args=[session.pk])).text
