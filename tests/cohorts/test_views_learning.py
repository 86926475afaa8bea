"""The pinned lesson and the facilitator's plan, in the language of the screen."""

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import translation
from wagtail.models import Revision

from curricula.models import LessonPage
from lms.cohorts.models import Pin, Progress
from tests.factories.cohorts import make_cohort
from tests.factories.curricula import make_term, publish
from tests.factories.people import browser

pytestmark = pytest.mark.django_db


def lesson_url(scene, code: str = "M1.1", language: str = "en", name: str = "learn:lesson") -> str:
    with translation.override(language):
        return reverse(name, args=[scene.cohort.pk, code])


@pytest.mark.parametrize(("screen", "text"), [("ky", "ky"), ("ru", "ru"), ("en", "ky")])
def test_lesson_speaks_the_screens_language_where_the_cohort_does(scene, screen, text):
    page = browser(scene.participant).get(lesson_url(scene, language=screen)).content.decode()
    assert f'<span lang="{text}">Lesson M1.1 {text}</span>' in page
    assert ("This cohort is not held in the language of your screen" in page) == (screen == "en")


def test_lesson_leads_to_its_neighbours(scene):
    client = browser(scene.participant)
    first, second = (client.get(lesson_url(scene, code)).content.decode() for code in ("M1.1", "M1.2"))
    assert (lesson_url(scene, "M1.2") in first, lesson_url(scene, "M1.1") in second) == (True, True)
    assert ('rel="prev"' in first, 'rel="next"' in second) == (False, False)


def test_lesson_stays_as_pinned_and_says_that_it_changed(scene):
    client, url = browser(scene.participant), lesson_url(scene, language="ky")
    assert "changed after your cohort began" not in client.get(url).content.decode()
    page = LessonPage.objects.get(code="M1.1", locale__language_code="ky")
    page.title = "Башка аталыш"
    page.save()
    publish(page)
    body = client.get(url).content.decode()
    assert "Башка аталыш" not in body
    assert "notice info" in body


def test_a_lesson_in_the_list_of_tabs_names_no_topic(scene):
    page = browser(scene.participant).get(lesson_url(scene, language="ky")).text
    [title] = re.findall(r"<title>(.*?)</title>", page, re.S)
    assert title.startswith("M1.1 · ")
    assert LessonPage.objects.get(code="M1.1", locale__language_code="ky").title not in title


def test_lesson_takes_few_queries(scene, django_assert_max_num_queries):
    client, url = browser(scene.participant), lesson_url(scene)
    client.get(url)
    with django_assert_max_num_queries(12):
        assert client.get(url).status_code == 200


def test_unknown_lesson_is_not_found(scene):
    for name in ("learn:lesson", "cohorts:facilitator_plan"):
        assert browser(scene.lead).get(lesson_url(scene, "M9.9", name=name)).status_code == 404


def test_reading_is_marked_once_and_by_the_participant(scene):
    client = browser(scene.participant)
    url = lesson_url(scene, name="learn:mark_read")
    assert client.get(url).status_code == 405
    for _press in range(2):
        assert client.post(url)["Location"] == lesson_url(scene)
    assert Progress.objects.get().enrolment.person == scene.participant
    assert url not in client.get(lesson_url(scene)).content.decode()
    for person in (scene.lead, *scene.strangers):
        assert browser(person).post(url).status_code == 404


def test_plan_is_in_the_screens_language_and_prints_the_steps(scene):
    page = browser(scene.lead).get(lesson_url(scene, language="ru", name="cohorts:facilitator_plan"))
    body = page.content.decode()
    assert '<span lang="ru">Lesson M1.1 ru</span>' in body
    assert body.count('class="plan-step') == 2


def test_plan_leads_to_its_steps_and_says_on_paper_which_text_it_is(scene):
    pins = Pin.objects.filter(cohort=scene.cohort, code="M1.1", language="en")
    Revision.objects.filter(pk__in=pins.values("revision")).update(created_at=datetime(2030, 5, 7, 4, tzinfo=UTC))
    page = browser(scene.lead).get(lesson_url(scene, name="cohorts:facilitator_plan")).content.decode()
    for number in (1, 2):
        assert f'<a href="#step-{number}">' in page
        assert f'class="plan-step" id="step-{number}"' in page
    foot = re.search(r'class="small muted paper-foot">(.*?)</p>', page)[1]
    assert [word for word in ("M1.1", "Text of: 07.05.2030", "Legal status as of: ") if word not in foot] == []
    assert "data-print" in page


def test_plan_marks_the_core_messages(scene):
    client, url = browser(scene.lead), lesson_url(scene, name="cohorts:facilitator_plan")
    page = client.get(url).content.decode()
    assert page.index("Key message of M1.1") < page.index("core message") < page.index('class="plan-step')
    assert reverse("cohorts:objectives", args=[scene.cohort.pk, "M1"]) in page


def test_map_of_objectives_stays_as_pinned_and_tells_no_question(scene):
    client, url = browser(scene.lead), reverse("cohorts:objectives", args=[scene.cohort.pk, "M1"])
    lesson = LessonPage.objects.get(code="M1.1", locale__language_code="ky")
    lesson.serves = "2"
    lesson.save()
    publish(lesson)
    page = client.get(url.replace("/en/", "/ky/")).content.decode()
    first, second = page.split('<h2 id="objective-2">')
    assert ("Objective 1 of M1" in first, "M1.1 · Lesson M1.1 ky" in first) == (True, True)
    assert ("M1.2 · Lesson M1.2 ky" in second, "M1.1 · " in second) == (True, False)
    assert "M1-Q01*" in first
    assert "M1-Q05*" not in first
    assert "Question M1-Q01" not in page
    assert client.get(reverse("cohorts:objectives", args=[scene.cohort.pk, "M9"])).status_code == 404


def test_words_of_the_glossary_open_in_the_language_of_the_text(scene):
    make_term("text", term_ky="text", term_en="of")
    lesson = LessonPage.objects.get(code="M1.1", locale__language_code="ky")
    client = browser(scene.participant)
    page = client.get(lesson_url(scene, language="en")).content.decode()
    assert f'<span lang="ky">{lesson.title}</span>' in page
    assert ("Definition of text ky" in page, "Definition of text en" in page) == (True, False)
    assert 'href="/ky/glossary/"' in page


def test_drafts_have_no_lessons_yet(scene, regions):
    draft = make_cohort(scene.organisation, regions["KG-B"], scene.lead, state="draft")
    for name in ("learn:lesson", "cohorts:facilitator_plan"):
        assert browser(scene.lead).get(reverse(name, args=[draft.pk, "M1.1"])).status_code == 404


def test_learn_cohort_leads_to_the_hub(scene):
    url = reverse("learn:cohort", args=[scene.cohort.pk])
    assert browser(scene.participant).get(url)["Location"] == scene.cohort.get_absolute_url()
    assert browser(scene.other_coordinator).get(url).status_code == 404


def test_the_notice_after_reading_leads_to_the_next_lesson(scene):
    """The page is long and opens at its top: the way on stands there, and none after the last lesson."""
    client, codes = browser(scene.participant), list(scene.cohort.sessions.values_list("lesson_code", flat=True))
    for code, following in zip(sorted(codes), [*sorted(codes)[1:], None], strict=True):
        page = client.post(lesson_url(scene, code, name="learn:mark_read"), follow=True).content.decode()
        notice = page[page.index('class="messages"') : page.index('class="page-body"')]
        assert ("Next lesson:" in notice) == bool(following)
        assert not following or lesson_url(scene, following) in notice
