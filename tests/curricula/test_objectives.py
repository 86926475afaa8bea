"""Objective → step → question: in the editor, and on a module's public page its core messages."""

import pytest
from django.urls import reverse

from curricula.models import LessonPage
from curricula.queries import module_maps
from lms.people.models import User
from tests.factories.curricula import PLAN_CANARY, make_module

pytestmark = pytest.mark.django_db


def test_the_map_says_what_serves_each_objective(django_assert_num_queries):
    make_module("M1", lessons=2)
    make_module("M2", lessons=1, items=())
    with django_assert_num_queries(5):
        first, second = module_maps("ru")
    assert (first.code, first.title) == ("M1", "Module M1 ru")
    one, two = first.objectives
    assert [(lesson.code, len(lesson.steps)) for lesson in one.lessons] == [("M1.1", 2)]
    assert [(lesson.code, lesson.title) for lesson in two.lessons] == [("M1.2", "Lesson M1.2 ru")]
    assert [(item.key, item.is_anchor) for item in one.items][2:4] == [("M1-Q03", True), ("M1-Q04", False)]
    assert one.items[0].text == "Question M1-Q01 ru"
    assert two.items == []
    assert (second.objectives[1].lessons, second.objectives[0].items) == ([], [])


def test_editors_see_the_gaps(client):
    make_module("M1", lessons=1)
    url = reverse("curricula_objectives")
    assert client.get(url).status_code == 302
    client.force_login(User.objects.create(username="nobody"))
    assert client.get(url).status_code in {302, 403}
    client.force_login(User.objects.create_superuser(username="editor"))
    page = client.get(url).content.decode()
    assert "M1-Q01" in page
    assert (page.count("No lesson serves it."), page.count("No question checks it.")) == (1, 1)
    assert url in client.get(reverse("wagtailadmin_home")).content.decode()


@pytest.mark.parametrize(("given", "numbers"), [("", []), ("2", [2]), ("2, 3", [2, 3]), ("2,13", [2, 13])])
def test_a_lesson_names_objectives_by_number(given, numbers):
    assert LessonPage(serves=given).served_objectives == numbers


def test_module_shows_its_core_messages_in_order(client, django_assert_max_num_queries):
    module = make_module("M1", lessons=2)["en"]
    lesson = module.get_children().last().specific
    lesson.key_messages = [
        ("message", {"text": "Not to be kept", "source": "", "core": False}),
        ("message", {"text": "To be kept", "source": "", "core": True}),
    ]
    lesson.save()
    url = "/en/test/m1/"
    client.get(url)
    with django_assert_max_num_queries(6):
        page = client.get(url).content.decode()
    assert page.index("Key message of M1.1") < page.index("To be kept")
    assert "Not to be kept" not in page
    assert PLAN_CANARY not in page


def test_messages_of_closed_lessons_are_closed_too(client):
    make_module("M1", is_public=False)
    assert "Key message of M1.1" not in client.get("/en/test/m1/").content.decode()
