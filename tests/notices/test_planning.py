"""Planned twice is one; a hand that moved or cancelled it is respected."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from lms.notices import actions
from lms.notices.models import Notice, NoticeState
from lms.notices.queries import batch_of, batches_of
from tests.factories.notices import make_notice
from tests.factories.people import AT, make_organisation, make_person

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=3)


def plan(people, name: str = "tests:1", group_id=None) -> int:
    subject = people[0]
    one = actions.BatchPlan(
        kind="tests_kind", subject=subject, name=name, due_at=AT, checked_by="tests.check_notice", group_id=group_id
    )
    return actions.plan_batch(plan=one, people=[person.pk for person in people], at=AT)


def test_planned_twice_is_one():
    people = [make_person(), make_person()]
    assert [plan(people), plan(people), Notice.objects.count()] == [2, 0, 2]


def test_who_comes_late_gets_hers_when_the_others_do():
    early, late = make_person(), make_person()
    plan([early])
    actions.move_batch(batch="tests:1", due_at=LATER, at=AT)
    assert plan([early, late]) == 1
    assert set(Notice.objects.values_list("person_id", "due_at")) == {(early.pk, LATER), (late.pk, LATER)}


def test_what_was_cancelled_by_hand_stays_so_for_who_comes_late():
    plan([make_person()])
    actions.cancel_batch(batch="tests:1", at=AT)
    assert plan([make_person()]) == 0


def test_what_was_cancelled_because_one_person_left_is_planned_for_others():
    gone = make_notice(make_person())
    actions.cancel_notice(notice=gone, reason="left", at=AT)
    assert plan([make_person()]) == 1


def test_only_what_waits_is_moved_or_cancelled():
    sent, waits = make_notice(make_person()), make_notice(make_person())
    actions.send_notice(notice=sent, at=AT)
    assert actions.move_batch(batch="tests:1", due_at=LATER, at=AT) == 1
    waits.refresh_from_db()
    assert (waits.state, waits.due_at) == (NoticeState.HELD, LATER)
    assert actions.cancel_batch(batch="tests:1", at=AT) == 1
    for act in (
        lambda: actions.cancel_batch(batch="tests:1", at=AT),
        lambda: actions.move_batch(batch="tests:1", due_at=LATER, at=AT),
    ):
        with pytest.raises(actions.BatchDone):
            act()
    sent.refresh_from_db()
    assert sent.state == NoticeState.SENT
    actions.cancel_notice(notice=sent, reason="left", at=AT)
    sent.refresh_from_db()
    assert (sent.state, sent.reason) == (NoticeState.SENT, "")


def test_batches_are_counted_in_two_queries(django_assert_num_queries):
    group = make_organisation().pk
    people = [make_person() for _number in range(4)]
    plan(people, group_id=group)
    plan(people[:2], name="tests:2", group_id=group)
    plan(people, name="tests:3")
    first, second = list(Notice.objects.filter(batch="tests:1").order_by("pk")[:2])
    actions.send_notice(notice=first, at=AT)
    actions.cancel_notice(notice=second, reason="left", at=AT)
    with django_assert_num_queries(2):
        batches = batches_of(group)
    assert [(b.notice.batch, b.waiting, b.sent, b.cancelled) for b in batches] == [
        ("tests:1", 2, 1, {"left": 1}),
        ("tests:2", 2, 0, {}),
    ]
    assert batch_of(first) == batches[0]


def test_the_database_keeps_what_a_state_promises():
    notice = make_notice(make_person())
    for change in ({"state": NoticeState.SENT}, {"state": NoticeState.SENDING}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Notice.objects.filter(pk=notice.pk).update(**change)


def test_no_name_stands_in_a_notice():
    notice = make_notice(make_person("Айгүл"))
    row = Notice.objects.values().get(pk=notice.pk)
    assert "Айгүл" not in repr(row) + str(notice)
