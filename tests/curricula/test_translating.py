"""wagtail-localize: an editor writes a lesson in one language and has it translated into the others."""

import pytest
from django.urls import reverse
from wagtail.models import Locale
from wagtail_localize.models import (
    SegmentOverride,
    StringSegment,
    StringTranslation,
    Translation,
    TranslationContext,
    TranslationSource,
)

from curricula.importers import load_pack
from curricula.models import LessonPage
from lms.people.models import User
from tests.factories.curricula import make_fact, make_lesson, make_module, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    user = User.objects.create_superuser(username="editor")
    client.force_login(user)
    return user


@pytest.fixture
def english():
    """A lesson that stands in English only."""
    modules = make_module("M1", lessons=1, items=(), facts=[make_fact()])
    lesson = make_lesson({"en": modules["en"]}, 2, facts=[make_fact("second")])["en"]
    lesson.native_review = "reviewed"
    lesson.save(update_fields=["native_review"])
    return publish(lesson)


def submit(client, page, *languages, **more):
    url = reverse("wagtail_localize:submit_page_translation", args=[page.pk])
    locales = [Locale.objects.get(language_code=language).pk for language in languages]
    return client.post(url, {"locales": locales, **more})


def kyrgyz(code="M1.2"):
    return LessonPage.objects.get(code=code, locale__language_code="ky")


def translate(translation, texts):
    """What the translator types: {English: Kyrgyz}."""
    for segment in StringSegment.objects.filter(source=translation.source, string__data__in=texts):
        StringTranslation.objects.create(
            translation_of=segment.string,
            locale=translation.target_locale,
            context=segment.context,
            data=texts[segment.string.data],
        )
    translation.save_target(publish=True)


@pytest.mark.django_db(transaction=False)
def test_submitting_makes_a_copy_that_waits_for_its_reader(client, editor, english, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert submit(client, english, "ky").status_code == 302
    copy = kyrgyz()
    assert copy.translation_key == english.translation_key
    assert (copy.slug, copy.code, copy.minutes) == (english.slug, english.code, english.minutes)
    assert copy.native_review == "awaiting"
    assert [(step.minutes, step.tag, step.locale) for step in copy.steps.all()] == [
        (step.minutes, step.tag, copy.locale) for step in english.steps.all()
    ]
    assert [block.value.code for block in copy.body if block.block_type == "fact"] == ["second"]


def test_a_translation_fills_text_and_plan_and_survives_a_sync(
    client, editor, english, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        submit(client, english, "ky")
    translation = Translation.objects.get(source__object__translation_key=english.translation_key)
    with django_capture_on_commit_callbacks(execute=True):
        translate(translation, {"Lesson M1.2 en": "Сабак", "A heading": "Башкы сөз", "Step 1": "Биринчи кадам"})
    copy = kyrgyz()
    assert copy.title == "Сабак"
    assert copy.body[0].value == "Башкы сөз"
    assert copy.steps.first().title == "Биринчи кадам"
    rows = list(copy.steps.values_list("pk", flat=True))

    english.summary = "A summary that the editor changed"
    english.save_revision().publish()
    with django_capture_on_commit_callbacks(execute=True):
        TranslationSource.objects.get(pk=translation.source_id).update_from_db()
        Translation.objects.get(pk=translation.pk).save_target(publish=True)
    copy = kyrgyz()
    assert (copy.title, copy.summary) == ("Сабак", "A summary that the editor changed")
    assert list(copy.steps.values_list("pk", flat=True)) == rows
    assert [step.minutes for step in copy.steps.all()] == [45, 45]


def test_texts_that_are_codes_are_not_for_translating(client, editor, english):
    submit(client, english, "ky")
    source = TranslationSource.objects.get(object__translation_key=english.translation_key)
    paths = set(TranslationContext.objects.filter(object=source.object).values_list("path", flat=True))
    assert not {"code", "slug", "native_review"} & paths
    assert {"title", "summary"} <= paths
    assert not SegmentOverride.objects.exists()


def test_a_page_that_has_its_translations_cannot_be_overwritten(client, editor):
    modules = make_module("M1", lessons=1, items=())
    lesson = modules["en"].get_children().first().specific
    response = submit(client, lesson, "ky", include_subtree="on")
    assert response.status_code == 200
    assert response.context["form"].errors
    assert kyrgyz("M1.1").title == "Lesson M1.1 ky"


def test_the_pack_can_be_loaded_after_translating(client, editor, english, pack):
    submit(client, english, "ky")
    report = load_pack(pack)
    assert "module M1 (ky)" in report.kept
    assert kyrgyz().title
