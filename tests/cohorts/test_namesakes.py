"""Two people with one display name in a cohort, as whoever runs it sees them."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.assessments.actions import close_paper
from lms.attendance.queries import roster_of
from lms.cohorts.models import Enrolment
from lms.cohorts.queries import signs_in
from tests.factories.assessments import make_paper
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import browser, make_person

pytestmark = pytest.mark.django_db


def sign(enrolment: Enrolment) -> str:
    """The last signs on her card."""
    return enrolment.person.cards.get(replaced_at=None).code[-4:]


@pytest.fixture
def namesakes(scene):
    """Two called the same but for a capital, and one by herself."""
    return [make_enrolment(scene.cohort, make_person(name)) for name in ("Айгүл Асанова", "айгүл  асанова", "Гүлнара")]


def test_only_a_name_that_repeats_in_this_cohort_has_signs(scene, namesakes, django_assert_num_queries):
    first, second, alone = namesakes
    make_enrolment(make_cohort(), make_person(alone.person.display_name))
    expected = {one.person_id: sign(one) for one in (first, second)}
    with django_assert_num_queries(2):
        assert signs_in(scene.cohort.pk) == expected


def test_the_list_to_mark_tells_them_apart_from_who_left_and_in_their_other_cohorts(
    scene, namesakes, django_assert_num_queries
):
    first, second, alone = namesakes
    for one in namesakes:
        make_enrolment(make_cohort(), one.person)
    Enrolment.objects.filter(pk=first.pk).update(state="withdrawn", withdrawn_at=timezone.now())
    session = scene.cohort.sessions.earliest("starts_at")
    with django_assert_num_queries(2):
        names = {one: name for one, name, *_mark in roster_of(session)}
    assert names[second.pk] == f"{second.person.display_name} (card …{sign(second)})"
    assert (names[alone.pk], first.pk in names) == (alone.person.display_name, False)


def test_each_list_of_who_runs_the_cohort_tells_them_apart(scene, namesakes):
    session = scene.cohort.sessions.earliest("starts_at")
    type(session).objects.filter(pk=session.pk).update(starts_at=timezone.now(), ends_at=timezone.now())
    close_paper(paper=make_paper(scene.cohort, "post"), by=scene.lead, at=timezone.now())
    pages = [
        reverse("cohorts:roster", args=[scene.cohort.pk]),
        reverse("cohorts:cards", args=[scene.cohort.pk]),
        reverse("attendance:roster", args=[session.pk]),
        reverse("attendance:overview", args=[scene.cohort.pk]),
        reverse("assessments:tests", args=[scene.cohort.pk]),
        reverse("certificates:cohort", args=[scene.cohort.pk]),
        reverse("cohorts:person", args=[namesakes[0].pk]),
    ]
    for person in (scene.lead, scene.coordinator):
        found = {page: browser(person).get(page).text for page in pages}
        shown = {page: [f"(card …{sign(one)})" in text for one in namesakes] for page, text in found.items()}
        assert shown == {page: [True, page != pages[-1], False] for page in pages}


def test_each_list_has_them_in_one_order(scene):
    """By what tells them apart, whoever came first: as the list to mark does."""
    people = [make_enrolment(scene.cohort, make_person("Айгүл Асанова")) for _number in range(3)]
    for enrolment, code, days in zip(people, ("QQQQAAA2", "QQQQAAA3", "QQQQAAA1"), (2, 3, 1), strict=True):
        enrolment.person.cards.update(code=code)
        Enrolment.objects.filter(pk=enrolment.pk).update(enrolled_at=timezone.now() - timedelta(days=days))
    ordered = sorted(people, key=sign)
    session = scene.cohort.sessions.earliest("starts_at")
    type(session).objects.filter(pk=session.pk).update(starts_at=timezone.now(), ends_at=timezone.now())
    close_paper(paper=make_paper(scene.cohort, "post"), by=scene.lead, at=timezone.now())
    client, found = browser(scene.lead), {}
    for name, owner in (
        ("cohorts:roster", scene.cohort),
        ("cohorts:cards", scene.cohort),
        ("attendance:roster", session),
        ("attendance:overview", scene.cohort),
        ("assessments:tests", scene.cohort),
        ("certificates:cohort", scene.cohort),
    ):
        signs = re.findall(r"\(card …(\w{4})\)", client.get(reverse(name, args=[owner.pk])).text)
        found[name] = list(dict.fromkeys(signs))
    assert found == {name: ["AAA1", "AAA2", "AAA3"] for name in found}
    typed = client.post(reverse("cohorts:find_people"), {"sought": "Айгүл Асанова"}).text
    places = [typed.index(reverse("cohorts:person", args=[one.pk])) for one in ordered]
    assert places == sorted(places)


def test_she_reads_her_own_signs_and_nobody_elses(scene, namesakes):
    first, second, alone = namesakes
    page = reverse("dashboard:cohort", args=[scene.cohort.pk])
    for one in (first, alone):
        text = browser(one.person).get(page).text
        assert f"<strong>{sign(one)}</strong>" in text
        assert f"<strong>{sign(second)}</strong>" not in text
    for stranger in scene.strangers:
        assert sign(first) not in browser(stranger).get(reverse("cohorts:roster", args=[scene.cohort.pk])).text
