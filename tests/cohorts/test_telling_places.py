"""Whoever is transferred or withdrawn by somebody else is told: planned, seen, stopped, checked before it leaves."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from lms.cohorts import actions
from lms.cohorts.actions.telling import GRACE
from lms.cohorts.models import Cohort, CohortState, DropReason, Enrolment, PlaceNotice, Session
from lms.cohorts.queries import cohort_batches
from lms.notices.models import Notice, NoticeState
from lms.notices.rendering import message_of, words_for
from lms.people.models import User
from tests.cohorts.test_telling import ends, sweep
from tests.factories.cohorts import add_trainer, make_cohort, make_enrolment
from tests.factories.people import browser, make_person, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def there(scene, now) -> Cohort:
    """Where she goes on; its first session was, the second is to come."""
    cohort = make_cohort(scene.organisation, scene.region, scene.lead)
    for days, session in zip((-1, 5), cohort.sessions.all(), strict=True):
        starts_at = now + timedelta(days=days)
        Session.objects.filter(pk=session.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    return cohort


@pytest.fixture
def person(scene) -> Enrolment:
    return scene.cohort.enrolments.get()


def transfer(enrolment, to, by, *, tell=True) -> Enrolment:
    at = timezone.now()
    came = actions.transfer_enrolment(enrolment=enrolment, to=to, by=by, at=at)
    if tell:
        assert actions.tell_of_transfer(came=came, by=by, at=at) == 1
    return came


def withdraw(*enrolments, by, tell=True) -> int:
    at = timezone.now()
    actions.withdraw_several(enrolments=enrolments, reason="mistake", by=by, at=at)
    cohort = enrolments[0].cohort
    return actions.tell_of_withdrawal(cohort=cohort, were=enrolments, by=by, at=at) if tell else 0


def now_due() -> None:
    Notice.objects.waiting().update(due_at=timezone.now())
    sweep()


def said(notice, reveals: str, language: str = "en") -> str:
    with translation.override(language):
        return message_of(words_for([notice])[notice.pk], reveals).text


# ── What is said ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_is_transferred_reads_where_and_when_she_comes_first(scene, there, person):
    transfer(person, there, scene.lead)
    notice = Notice.objects.get()
    assert (notice.person, notice.kind, notice.group_id) == (scene.participant, PlaceNotice.TRANSFERRED, there.pk)
    coming = timezone.localtime(there.sessions.last().starts_at)
    assert f"Your first meeting there: {coming.day} {coming:%B %Y}, {coming:%H:%M}" in said(notice, "time_and_place")
    assert there.title_ky in said(notice, "everything", "ky")
    for language in ("ky", "ru", "en"):
        assert there.title_ky not in said(notice, "time_and_place", language)
        assert str(coming.day) not in said(notice, "nothing", language)
    now_due()
    assert ends() == [(NoticeState.SENT, "")]


def test_without_a_meeting_to_come_no_time_is_said(scene, there, person):
    Session.objects.filter(cohort=there).update(state="cancelled")
    transfer(person, there, scene.lead)
    assert said(Notice.objects.get(), "time_and_place") == "You go on in another group."


def test_who_is_withdrawn_is_sent_to_her_trainer(scene, person):
    waited = make_enrolment(scene.cohort, make_person("Бермет"), state="waiting")
    assert withdraw(person, waited, by=scene.lead) == 2
    hers, other = Notice.objects.get(person=scene.participant), Notice.objects.get(person=waited.person)
    assert said(hers, "time_and_place") == "Your place was given back. Ask your trainer."
    assert said(other, "time_and_place") == "You no longer wait for a place. Ask your trainer."
    assert person.cohort.title_ky in said(hers, "everything", "ky")
    now_due()
    assert ends() == [(NoticeState.SENT, "")] * 2


# ── Whether it still holds ───────────────────────────────────────────────────────────────────────────────────────────


def test_withdrawn_by_mistake_and_enrolled_again_hears_nothing(scene, person):
    withdraw(person, by=scene.lead)
    actions.enrol_again(enrolment=person, by=scene.lead, at=timezone.now())
    now_due()
    assert ends() == [(NoticeState.CANCELLED, DropReason.BACK)]


def test_a_second_withdrawal_that_nobody_was_to_hear_of_is_not_told_by_the_first(scene, person):
    withdraw(person, by=scene.lead)
    back = actions.enrol_again(enrolment=person, by=scene.lead, at=timezone.now())
    withdraw(back, by=scene.lead, tell=False)
    now_due()
    assert ends() == [(NoticeState.CANCELLED, DropReason.BACK)]


def _withdraw(scene, there):
    withdraw(there.enrolments.get(), by=scene.lead, tell=False)


def _erase(scene, there):
    User.objects.filter(pk=scene.participant.pk).update(erased_at=timezone.now())


def _close(scene, there):
    Cohort.objects.filter(pk=there.pk).update(state=CohortState.CLOSED)


@pytest.mark.parametrize(
    ("happens", "reason"),
    [(_withdraw, DropReason.LEFT), (_erase, DropReason.GONE), (_close, DropReason.COHORT_ENDED)],
)
def test_a_transfer_that_no_longer_holds_is_not_told(scene, there, person, happens, reason):
    transfer(person, there, scene.lead)
    happens(scene, there)
    assert [batch.dropped for batch in cohort_batches(there, timezone.now())] == [reason]
    now_due()
    assert ends() == [(NoticeState.CANCELLED, reason)]


def test_moved_on_at_once_she_hears_where_she_is_in_the_end(scene, there, person):
    third = make_cohort(scene.organisation, scene.region, scene.lead)
    transfer(transfer(person, there, scene.lead), third, scene.lead)
    now_due()
    assert ends() == [(NoticeState.CANCELLED, DropReason.REPLACED), (NoticeState.SENT, "")]
    assert Notice.objects.get(state=NoticeState.SENT).group_id == third.pk


def test_nobody_is_told_who_was_withdrawn_before_or_from_a_draft(scene, person):
    withdraw(person, by=scene.lead, tell=False)
    assert withdraw(person, by=scene.lead) == 0
    draft = make_cohort(scene.organisation, scene.region, scene.lead, state=CohortState.DRAFT)
    assert withdraw(make_enrolment(draft), by=scene.lead) == 0
    assert Notice.objects.count() == 0


# ── Pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def transfer_page(person) -> str:
    return reverse("cohorts:transfer", args=[person.pk])


def test_the_box_is_ticked_for_a_transfer_and_the_message_shown(scene, there, person):
    client = browser(scene.lead)
    assert (
        'name="tell" aria-describedby="id_tell_helptext" id="id_tell" checked' in client.get(transfer_page(person)).text
    )
    answer = client.post(transfer_page(person), {"to": str(there.pk), "tell": "on"})
    assert answer["Location"] == reverse("cohorts:notices", args=[there.pk])
    page = client.get(answer["Location"]).text
    assert "Goes on in another group" in page
    assert "to 1 person" in page
    # Who was moved is said once to whoever moved her, and not by the message.
    assert page.count(scene.participant.display_name) == 1
    assert scene.participant.display_name not in client.get(answer["Location"]).text
    assert Notice.objects.get().due_at - timezone.now() <= GRACE


def test_an_unticked_transfer_says_that_nobody_is_told(scene, there, person):
    answer = browser(scene.lead).post(transfer_page(person), {"to": str(there.pk)}, follow=True)
    assert "Nobody is told of it" in answer.text
    assert Notice.objects.count() == 0


def test_the_box_is_not_ticked_for_a_withdrawal(scene, person):
    client, other = browser(scene.lead), make_enrolment(scene.cohort)
    page = client.get(reverse("cohorts:person", args=[person.pk])).text
    assert "Tell her" in page
    assert 'id="id_tell" checked' not in page
    url = reverse("cohorts:withdraw", args=[person.pk])
    assert "Nobody is told of it" in client.post(url, {"reason": "other"}, follow=True).text
    answer = client.post(reverse("cohorts:withdraw", args=[other.pk]), {"reason": "other", "tell": "on"}, follow=True)
    assert "Withdrawn from this cohort" in answer.text
    assert Notice.objects.get().person == other.person


def test_several_are_told_in_one_message(scene, person):
    other = make_enrolment(scene.cohort)
    typed = {"enrolment": [str(person.pk), str(other.pk)], "confirmed": "yes"}
    client, url = browser(scene.lead), reverse("cohorts:withdraw_several", args=[scene.cohort.pk])
    assert "Tell them" in client.post(url, typed).text
    page = client.post(url, {**typed, "reason": "mistake", "tell": "on"}, follow=True).text
    assert "to 2 people" in page


def test_whoever_may_withdraw_may_stop_the_message_and_no_stranger_sees_it(scene, person):
    helper = make_staff("helper")
    add_trainer(scene.cohort, helper)
    withdraw(person, by=helper)
    notice = Notice.objects.get()
    page, stop = (reverse(f"cohorts:{name}", args=[notice.pk]) for name in ("notice", "cancel_notice"))
    for stranger in (*scene.strangers, scene.participant):
        assert browser(stranger).get(page).status_code == 404
        assert browser(stranger).post(stop).status_code == 404
    for runs in (scene.lead, scene.coordinator, helper):
        text = browser(runs).get(page).text
        assert "Do not send it" in text
        assert "Your place was given back" in text
    later = timezone.localtime(timezone.now() + timedelta(days=1))
    assert browser(helper).post(page, {"due_at": f"{later:%Y-%m-%dT%H:%M}"}).status_code == 302
    notice.refresh_from_db()
    assert notice.state == NoticeState.HELD
    browser(helper).post(stop)
    notice.refresh_from_db()
    assert (notice.state, notice.reason) == (NoticeState.CANCELLED, DropReason.BY_HAND)


def test_it_stands_on_her_own_page(scene, there, person):
    transfer(person, there, scene.lead)
    now_due()
    page = browser(scene.participant).get(reverse("notices:mine")).text
    assert "You go on in another group" in page
    assert f'href="{there.get_absolute_url()}"' in page
    assert there.title not in page
