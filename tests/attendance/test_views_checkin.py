"""The room's code on the trainer's screen, and what becomes of it on the phone of whoever scans it."""

import re
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from lms.attendance.actions import record_roster
from lms.attendance.models import AttendanceEvent, Mark, Status
from lms.attendance.signing import make_ticket, room_token
from lms.cohorts.models import Session
from tests.factories.cohorts import make_enrolment
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db


def lead_of(cohort):
    return cohort.trainers.get(part="lead").person


def check_in_address(session):
    token = room_token(session_id=session.pk, seed=session.checkin_seed, at=timezone.now())
    return reverse("checkin:check_in", args=[token])


def test_scanned_code_marks_after_the_button_only(client, session):
    person = make_enrolment(session.cohort).person
    client.force_login(person)
    page = client.get(check_in_address(session)).content.decode()
    assert not Mark.objects.exists()
    action = re.search(r'action="(/c/ticket/[^"]+)"', page).group(1)
    assert client.post(action).status_code == 200
    assert Mark.objects.get().status == Status.PRESENT
    assert client.post(action).status_code == 200
    assert AttendanceEvent.objects.count() == 1


def test_ticket_survives_signing_in(client, session):
    person = make_enrolment(session.cohort).person
    answer = client.get(check_in_address(session))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("card:signin") + "?next=/c/ticket/")
    client.force_login(person)
    ticket = answer.url.split("next=")[1]
    assert client.post(ticket).status_code == 200
    assert Mark.objects.get().enrolment.person == person


def test_each_refusal_says_why(client, session):
    stranger = make_person()
    client.force_login(stranger)
    ticket = reverse("checkin:use_ticket", args=[make_ticket(session.pk)])
    answer = client.post(ticket)
    assert (answer.status_code, "not enrolled" in answer.content.decode()) == (422, True)
    for junk in ("nonsense", "a.b.c"):
        answer = client.get(f"/c/{junk}")
        assert (answer.status_code, "not a check-in code" in answer.content.decode()) == (422, True)
    assert not Mark.objects.exists()


def test_whoever_is_marked_absent_is_not_told_that_she_is_in(client, session):
    """She sits in the room: the trainer's list says otherwise, and only the trainer puts it right."""
    enrolment, ticket = make_enrolment(session.cohort), reverse("checkin:use_ticket", args=[make_ticket(session.pk)])
    record_roster(
        session=session,
        statuses={enrolment.pk: Status.ABSENT},
        batch=uuid4(),
        by=lead_of(session.cohort),
        at=session.starts_at,
    )
    client.force_login(enrolment.person)
    answer = client.post(ticket)
    said = ("The trainer marked you: absent" in answer.text, "You are marked" in answer.text)
    assert (answer.status_code, said) == (422, (True, False))
    assert Mark.objects.get().status == Status.ABSENT


def test_language_of_the_poster_stays_on_the_way_to_the_mark(client, session):
    """`?lang=` is kept by the sign-in and by the button."""
    answer = client.get(check_in_address(session), {"lang": "ky"})
    assert answer.status_code == 302
    sign_in = QueryDict(urlsplit(answer.url).query)
    assert (sign_in["lang"], sign_in["next"].endswith("?lang=ky")) == ("ky", True)
    client.force_login(make_enrolment(session.cohort).person)
    page = client.get(sign_in["next"]).content.decode()
    action = re.search(r'action="(/c/ticket/[^"]+)"', page).group(1)
    assert '<html lang="ky">' in client.post(action).content.decode()


@pytest.mark.parametrize(("hours", "is_open"), [(0, True), (-3, False), (3, False)])
def test_room_shows_no_code_that_would_be_refused(client, session, hours, is_open):
    begins = timezone.now() + timezone.timedelta(hours=hours)
    ends = begins + timezone.timedelta(minutes=90)
    Session.objects.filter(pk=session.pk).update(starts_at=begins, ends_at=ends)
    client.force_login(lead_of(session.cohort))
    address = reverse("attendance:room_code", args=[session.pk])
    for headers in ({}, {"HX-Request": "true"}):
        page = client.get(address, headers=headers).content.decode()
        assert ("<svg" in page and 'class="qr"' in page, "code is closed" in page) == (is_open, not is_open)
        assert ("data-keep-awake" in page) is is_open
    assert client.get(check_in_address(session)).status_code == (200 if is_open else 422)


def test_room_says_when_its_code_opens(client, session):
    begins = timezone.localtime(timezone.now()).replace(hour=10, minute=0) + timezone.timedelta(days=3)
    Session.objects.filter(pk=session.pk).update(starts_at=begins, ends_at=begins + timezone.timedelta(minutes=90))
    client.force_login(lead_of(session.cohort))
    page = client.get(reverse("attendance:room_code", args=[session.pk])).content.decode()
    assert re.search(r"half an hour before the session begins: [^<]*9:30", page)
