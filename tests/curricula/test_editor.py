"""The bank and the library in Wagtail's editor."""

import re

import pytest
from django.urls import reverse

from curricula.models import Fact, Question
from curricula.queries import awaiting_review
from lms.people.models import User
from tests.factories.curricula import PLAN_CANARY, make_fact, make_module, make_question, make_term, with_one_source

pytestmark = pytest.mark.django_db
LANGUAGES = ("ky", "ru", "en")
TOO_FEW = "Give at least two choices, in the right order."


@pytest.fixture
def editor(client):
    user = User.objects.create_superuser(username="editor")
    client.force_login(user)
    return user


def form_data(question, **changes):
    """What the browser sends for a question that was opened and saved."""
    choices = list(question.choices.all())
    data = {
        "item_key": question.item_key,
        "objective": question.objective,
        "kind": question.kind,
        "module_code": "M1",
        "lesson_code": "M1.1",
        "choices-TOTAL_FORMS": len(choices),
        "choices-INITIAL_FORMS": len(choices),
        "choices-MIN_NUM_FORMS": 0,
        "choices-MAX_NUM_FORMS": 1000,
    }
    for language in LANGUAGES:
        for field in ("text", "explanation", "source", "review"):
            data[f"{field}_{language}"] = getattr(question, f"{field}_{language}")
    for number, choice in enumerate(choices):
        row = {"id": choice.pk or "", "ORDER": number + 1, "DELETE": ""}
        row |= {"is_correct": "on"} if choice.is_correct else {}
        for language in LANGUAGES:
            row |= {f"{field}_{language}": getattr(choice, f"{field}_{language}") for field in ("text", "match")}
        data |= {f"choices-{number}-{name}": value for name, value in row.items()}
    return data | changes


def edit_url(question):
    return reverse("wagtailsnippets_curricula_question:edit", args=[question.pk])


def errors_of(response):
    form = response.context["form"]
    formset = form.formsets["choices"]
    rows = [(number, field) for number, row in enumerate(formset.forms) for field in row.errors]
    return list(form.errors), [str(error) for error in formset.non_form_errors()], rows


def test_menu_names_the_nouns(client, editor):
    make_module("M1", lessons=1)
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    for name in ("Question bank", "Quizzes", "Facts", "Legal instruments", "Glossary"):
        assert name in page


@pytest.mark.parametrize("model", ["question", "quiz", "fact", "instrument", "glossaryterm"])
def test_lists_and_forms_open(client, editor, model):
    make_module("M1")
    make_fact()
    make_term("kenesh")
    for name in ("list", "add"):
        assert client.get(reverse(f"wagtailsnippets_curricula_{model}:{name}")).status_code == 200


def test_editing_a_question_makes_its_next_version(client, editor):
    question = make_question("single")
    keys = list(question.choices.values_list("choice_key", flat=True))
    response = client.post(edit_url(question), form_data(question, text_ky="Corrected"))
    assert response.status_code == 302
    question = Question.objects.get()
    assert (question.text_ky, question.version) == ("Corrected", 2)
    assert list(question.choices.values_list("choice_key", flat=True)) == keys
    assert question.latest_revision.user == editor


def test_a_new_question_is_added(client, editor):
    question = make_question("ordering", "M1-Q01")
    data = form_data(question, **{"item_key": "M1-Q02", "choices-INITIAL_FORMS": 0})
    data |= {f"choices-{number}-id": "" for number in range(3)}
    assert client.post(reverse("wagtailsnippets_curricula_question:add"), data).status_code == 302
    added = Question.objects.get(item_key="M1-Q02")
    assert (added.version, added.choices.count()) == (1, 3)
    assert added.latest_revision is not None


def test_the_key_cannot_be_edited(client, editor):
    question = make_question("single")
    client.post(edit_url(question), form_data(question, item_key="M1-Q77", text_ky="Corrected"))
    assert Question.objects.get().item_key == "M1-Q01"


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        ("single", {"choices-1-is_correct": "on"}, ([], [], [(1, "is_correct")])),
        ("true_false", {"choices-0-is_correct": ""}, ([], ["Mark exactly one choice as right."], [])),
        ("matching", {"choices-2-match_ru": ""}, ([], [], [(2, "match_ru")])),
        (
            "ordering",
            {"choices-0-DELETE": "1", "choices-1-DELETE": "1"},
            ([], [TOO_FEW], []),
        ),
        ("single", {"text_ky": ""}, (["text_ky"], [], [])),
        ("single", {"source_ky": ""}, (["source_ky"], [], [])),
        ("single", {"choices-3-text_ru": ""}, ([], [], [(3, "text_ru")])),
    ],
)
def test_a_wrong_question_says_what_is_wrong_beside_the_field(client, editor, kind, changes, expected):
    question = make_question(kind)
    response = client.post(edit_url(question), form_data(question, source_en="Typed anew", **changes))
    assert response.status_code == 200
    assert errors_of(response) == expected
    assert "Typed anew" in response.content.decode()
    assert Question.objects.get().version == 1


def test_rows_without_drafts_do_not_save_themselves(client, editor):
    question = make_question("single")
    assert client.get(edit_url(question)).context["autosave_enabled"] is False
    pinned = question.latest_revision
    data = form_data(question, text_ky="Half a sent", overwrite_revision_id=pinned.pk)
    client.post(edit_url(question), data)
    pinned.refresh_from_db()
    assert pinned.content["text_ky"] == "Question M1-Q01 ky"


def test_an_old_wording_comes_back_as_the_next_version(client, editor):
    question = make_question("single")
    first = question.latest_revision_id
    client.post(edit_url(question), form_data(question, text_ky="Corrected"))
    url = reverse("wagtailsnippets_curricula_question:revisions_revert", args=[question.pk, first])
    assert client.get(url).status_code == 200
    assert client.post(url, form_data(question)).status_code == 302
    question = Question.objects.get()
    assert (question.text_ky, question.version) == ("Question M1-Q01 ky", 3)


def test_a_wording_from_before_sources_had_languages_comes_back_with_its_source(client, editor):
    question = make_question("single")
    first = with_one_source(question.latest_revision, "UN document")
    client.post(edit_url(question), form_data(question, text_ky="Corrected"))
    url = reverse("wagtailsnippets_curricula_question:revisions_revert", args=[question.pk, first.pk])
    form = client.get(url).context["form"]
    assert {form[f"source_{language}"].value() for language in LANGUAGES} == {"UN document"}


def test_a_question_is_previewed_in_each_language(client, editor):
    question = make_question("single")
    url = reverse("wagtailsnippets_curricula_question:preview_on_edit", args=[question.pk])
    client.post(url, form_data(question, text_ru="Другой текст", source_ru="ВДПЧ"))
    russian, kyrgyz = (client.get(f"{url}?mode={mode}").content.decode() for mode in ("ru", "ky"))
    assert "Другой текст" in russian
    assert '<p class="source">ВДПЧ</p>' in russian
    assert "Question M1-Q01 ky" in kyrgyz
    assert '<p class="source" lang="en">UDHR ky</p>' in kyrgyz


def test_editing_a_fact_keeps_the_old_wording(client, editor):
    fact = make_fact()
    data = {"code": fact.code, "status": "sourced", "as_of": "2026-11-24", "next_review": ""}
    data |= {f"statement_{language}": f"New {language}" for language in LANGUAGES}
    data |= {f"source_{language}": f"UN {language}" for language in LANGUAGES}
    data |= {f"review_{language}": "awaiting" for language in LANGUAGES}
    assert client.post(reverse("wagtailsnippets_curricula_fact:edit", args=[fact.pk]), data).status_code == 302
    fact = Fact.objects.get()
    assert (fact.statement_ky, fact.source_ru) == ("New ky", "UN ru")
    assert fact.revisions.count() == 2


def test_first_page_shows_what_awaits_native_review(client, editor):
    make_module("M1", lessons=1)
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    assert "Awaiting native review" in page
    assert "review_ky=awaiting" in page


def test_what_awaits_review_is_counted_as_the_lists_show_it(client, editor):
    module = make_module("M1", lessons=2)["ky"]
    module.native_review = "reviewed"
    module.save_revision().publish()
    make_fact(review_ru="reviewed")
    make_term("kenesh", review_ky="reviewed")
    panel = client.get(reverse("wagtailadmin_home")).content.decode()
    links = re.findall(r'href="([^"]*\?review_\w\w=awaiting)">(\d+)</a>', panel)
    assert len(links) == 4 * len(LANGUAGES)
    for address, count in links:
        assert client.get(address).context["items_count"] == int(count), address
    counted = re.findall(r"<summary>(\d+) pages</summary><ul>(.*?)</ul>", panel)
    assert [(int(count), pages.count("<li>")) for count, pages in counted] == [(4, 4), (5, 5), (5, 5)]


def test_review_queues_count_by_language(django_assert_num_queries):
    module = make_module("M1", lessons=1)["ky"]
    make_fact(review_ru="reviewed")
    make_term("kenesh", review_ky="reviewed")
    module.native_review = "reviewed"
    module.save_revision().publish()
    with django_assert_num_queries(8):
        queues = {queue.language: queue for queue in awaiting_review()}
    counts = {code: (len(queue.pages), queue.questions, queue.facts, queue.terms) for code, queue in queues.items()}
    assert counts == {"ky": (3, 5, 1, 0), "ru": (4, 5, 0, 1), "en": (4, 5, 1, 1)}


def test_lesson_is_previewed_for_both_readers(client, editor):
    lesson = make_module("M1")["ky"].get_children().first().specific
    url = reverse("wagtailadmin_pages:view_draft", args=[lesson.pk])
    text, plan = (client.get(f"{url}?mode={mode}").content.decode() for mode in ("", "plan"))
    assert "Key message of M1.1" in text
    assert PLAN_CANARY not in text
    assert PLAN_CANARY in plan


@pytest.mark.parametrize("kind", ["home", "curriculum", "module", "lesson"])
def test_pages_open_in_the_editor(client, editor, kind):
    module = make_module("M1")["ky"]
    found = {
        "home": module.get_parent().get_parent(),
        "curriculum": module.get_parent(),
        "module": module,
        "lesson": module.get_children().first(),
    }[kind]
    assert client.get(reverse("wagtailadmin_pages:edit", args=[found.pk])).status_code == 200


def test_autosave_never_rewrites_a_published_revision(editor):
    lesson = make_module("M1")["ky"].get_children().first().specific
    lesson.title = "Draft"
    draft = lesson.save_revision(user=editor)
    assert lesson.save_revision(user=editor, overwrite_revision=draft) == draft
    draft.publish()
    lesson.refresh_from_db()
    lesson.title = "Typed on"
    again = lesson.save_revision(user=editor, overwrite_revision=draft)
    assert again != draft
    draft.refresh_from_db()
    assert draft.content["title"] == "Draft"
